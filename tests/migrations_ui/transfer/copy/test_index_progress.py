"""How far a table's keys are is shown while they are made, by a connection of the watch's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.control import Silent
from migrations_ui.transfer.copy import index_progress as watching
from migrations_ui.transfer.copy.index_progress import index_progress
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import ConnectionGone, Target
from pools.databases.connection import DatabaseLogin

PATIENCE = 30
# An index over what a function gives that waits takes as long as the test likes.
SLOW = """
    CREATE TABLE slow (id integer, filler text);
    INSERT INTO slow SELECT n, repeat('x', 2000) FROM generate_series(1, 400) n;
    CREATE FUNCTION slowly(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.005); RETURN $1; END';
"""
KEY = "CREATE INDEX slow_id ON slow (slowly(id))"


class Heard(Silent):
    def __init__(self) -> None:
        self.parts: list[float] = []
        self.notes: list[str] = []
        self.something_done = threading.Event()

    def keys_made(self, table: str, part: float) -> None:
        self.parts.append(part)
        if part:
            self.something_done.set()

    def note(self, text: str) -> None:
        self.notes.append(text)
        self.something_done.set()


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)


def test_each_key_is_a_part_of_all(
    target: psycopg.Connection[Any], database_login: DatabaseLogin
) -> None:
    target.execute(SLOW)
    heard = Heard()

    def open_another() -> AbstractContextManager[Target]:
        return open_target(database_login)

    with index_progress("slow", open_target=open_another, observer=heard) as keys:
        keys.begin(1, 2)
        target.execute(KEY)
        assert heard.something_done.wait(PATIENCE)
    assert heard.parts[0] == 0
    assert all(0.5 < part < 1 for part in heard.parts[1:])
    assert heard.parts[1:] == sorted(heard.parts[1:])
    assert heard.notes == []


def test_where_nothing_is_to_be_made_nobody_is_asked() -> None:
    heard = Heard()
    with index_progress("plain", open_target=unreachable, observer=heard):
        pass
    assert (heard.parts, heard.notes) == ([], [])


def test_a_watch_that_cannot_look_says_so_and_stops_nothing() -> None:
    heard = Heard()
    with index_progress("doc", open_target=unreachable, observer=heard) as keys:
        keys.begin(0, 1)
        assert heard.something_done.wait(PATIENCE)
    assert heard.parts == [0]
    (note,) = heard.notes
    assert note.startswith("doc: how far its keys are is not known.")


@contextmanager
def unreachable() -> Iterator[Target]:
    raise ConnectionGone
    yield
