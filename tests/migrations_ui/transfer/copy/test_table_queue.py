"""Threads take the first table whose parents are there, and never wait for ever."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from migrations_ui.transfer.copy.table_queue import TableQueue
from migrations_ui.transfer.tables import SourceTable, TablePlan


def copy_of(name: str, *parents: str) -> Any:
    plan = TablePlan(SourceTable("APP", name, 1, (), ()), name, (), (), parents)
    return SimpleNamespace(table=plan)


def never() -> bool:
    return False


def test_a_child_is_passed_over_until_its_parent_is_finished() -> None:
    waiting = TableQueue([copy_of("parent"), copy_of("child", "parent"), copy_of("other")])
    taken = [waiting.take(give_up=never), waiting.take(give_up=never)]
    assert [one.table.name for one in taken if one] == ["parent", "other"]
    threading.Timer(0.05, waiting.finished, ["parent"]).start()
    child = waiting.take(give_up=never)
    assert child is not None
    assert child.table.name == "child"
    assert waiting.take(give_up=never) is None


def test_who_waits_for_a_parent_gives_up_when_the_run_does() -> None:
    waiting = TableQueue([copy_of("parent"), copy_of("child", "parent")])
    assert waiting.take(give_up=never) is not None
    asked = iter([False, True])
    assert waiting.take(give_up=lambda: next(asked)) is None


def test_nothing_is_begun_once_the_run_gives_up() -> None:
    assert TableQueue([copy_of("a")]).take(give_up=lambda: True) is None


def test_a_table_is_passed_over_until_the_one_it_follows_is_finished() -> None:
    follows = {"states": ["devices"]}
    waiting = TableQueue(
        [copy_of("states"), copy_of("devices"), copy_of("settings")],
        followed_by=lambda table: follows.get(table.name, []),
    )
    taken = [waiting.take(give_up=never), waiting.take(give_up=never)]
    assert [one.table.name for one in taken if one] == ["devices", "settings"]
    waiting.finished("devices")
    last = waiting.take(give_up=never)
    assert last is not None
    assert last.table.name == "states"


def test_following_gives_way_to_foreign_keys_rather_than_wait_for_ever() -> None:
    waiting = TableQueue(
        [copy_of("child", "parent"), copy_of("parent")],
        followed_by=lambda table: ["child"] if table.name == "parent" else [],
    )
    first = waiting.take(give_up=never)
    assert first is not None
    assert first.table.name == "parent"
