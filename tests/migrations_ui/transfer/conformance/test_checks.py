"""Verification sees what was tampered with, repair mends it, rollback takes only the run's rows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import MOST_DIFFERENCES, TableVerdict, verify
from migrations_ui.transfer.control import Decision, Unattended
from migrations_ui.transfer.errors import NotRepairable
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import remove_run, run_is_known
from tests.migrations_ui.transfer.conformance.conftest import ROWS, Bench
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import NO_DIFFERENCES, create_in_derby
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

EXCLUSIVE = TransferSettings(exclusive=True)

# Each of these is nothing to some collation or comparison.
UNSEEN_BY_SOME = (
    ("UPDATE doc SET note = 'note 8 ' WHERE k2 = 8", "a blank at the end"),
    ("UPDATE doc SET note = 'NOTE 9' WHERE k2 = 9", "case"),
    ("UPDATE doc SET note = '' WHERE k2 = 7", "nothing instead of null"),
    ("UPDATE doc SET amount = amount + 0.001 WHERE k2 = 10", "a thousandth"),
)


def verdict_on(source: Any, bench: Bench) -> TableVerdict:
    (verdict,) = verify(
        plan_transfer(source, bench.login), source=source, login=bench.login, run_id=RUN
    )
    return verdict


def seen(verdict: TableVerdict) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (each.key, each.kind.value, tuple(column.casefold() for column in each.columns))
        for each in verdict.differences
    }


@dataclass
class PausedAfter(Unattended):
    """Asked so often, it wants a pause."""

    asks: int

    def decide(self) -> Decision:
        self.asks -= 1
        return Decision.GO if self.asks >= 0 else Decision.PAUSE


def pauses_heard(source: Any, bench: Bench) -> int:
    """At how many places of a comparison a pause ends it; each leaves all fit to compare again."""
    plan = plan_transfer(source, bench.login)
    for asks in itertools.count():
        control = PausedAfter(asks)
        if verify(plan, source=source, login=bench.login, run_id=RUN, control=control):
            return asks
    raise AssertionError


@pytest.mark.parametrize("merged", [False, True])
def test_what_was_tampered_with_is_named_mended_and_then_equal(
    derby: DerbySample, open_source: OpenSource, made: Bench, merged: bool
) -> None:
    ((k1, k2),) = derby.query("SELECT k1, k2 FROM doc WHERE k2 = 3")
    if merged:
        made.run(f"INSERT INTO doc VALUES ('{k1}', {k2}, 'of the pool', 0)")  # noqa: S608
    with open_source() as source:
        run_copy(source, made.login, settings=EXCLUSIVE)
        assert verdict_on(source, made).equal
        for statement, _ in UNSEEN_BY_SOME:
            made.run(statement)
        made.run("DELETE FROM doc WHERE k2 = 5000")
        made.run("INSERT INTO doc VALUES ('stranger', -1, NULL, 0)")
        keys = {
            number: f'["{name}", {number}]'
            for name, number in derby.query(
                "SELECT k1, k2 FROM doc WHERE k2 IN (7, 8, 9, 10, 5000)"
            )
        }
        expected = {
            *((keys[number], "differs", ("note",)) for number in (7, 8, 9)),
            (keys[10], "differs", ("amount",)),
            (keys[5000], "missing", ()),
        }
        if not merged:
            expected.add(('["stranger", -1]', "extra", ()))
        verdict = verdict_on(source, made)
        assert seen(verdict) == expected
        assert verdict.mismatches == len(expected)
        (table,) = plan_transfer(source, made.login).tables
        repaired = repair_table(table, source=source, login=made.login, run_id=RUN)
        assert repaired.rows_rewritten == 5
        made.run("DELETE FROM doc WHERE k1 = 'stranger'")
        assert verdict_on(source, made).equal
        # More than a verification lists: counted exactly, and all of them mended.
        made.run("DELETE FROM doc WHERE k2 BETWEEN 100 AND 1199")
        made.run("UPDATE doc SET note = 'forged' WHERE k2 BETWEEN 1200 AND 1299")
        verdict = verdict_on(source, made)
        assert (verdict.mismatches, len(verdict.differences)) == (1_200, MOST_DIFFERENCES)
        assert pauses_heard(source, made) > 2
        repaired = repair_table(table, source=source, login=made.login, run_id=RUN)
        assert repaired.rows_rewritten == verdict.mismatches
        assert verdict_on(source, made).equal
    if merged:
        assert made.value(f"SELECT note FROM doc WHERE k2 = {k2}") == "of the pool"  # noqa: S608
    else:
        assert made.differences(derby, "doc") == NO_DIFFERENCES


def test_tables_without_key_are_compared_as_multisets(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    create_in_derby(derby, "plain", 3_000, key=False)
    derby.run("INSERT INTO plain VALUES ('twice', 1, NULL, NULL), ('twice', 1, NULL, NULL)")
    bench.create_many("plain", key=False)
    with open_source() as source:
        run_copy(source, bench.login, settings=EXCLUSIVE)
        assert verdict_on(source, bench).equal
        bench.run("DELETE FROM plain WHERE k1 = 'twice'")
        bench.run("INSERT INTO plain VALUES ('twice', 1, NULL, NULL)")
        bench.run("UPDATE plain SET note = 'forged' WHERE k2 = 4")
        kinds = sorted(each.kind.value for each in verdict_on(source, bench).differences)
        assert kinds == ["extra", "missing", "missing"]
        (table,) = plan_transfer(source, bench.login).tables
        with pytest.raises(NotRepairable):
            repair_table(table, source=source, login=bench.login, run_id=RUN)


def test_rollback_takes_the_runs_rows_and_no_others(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    ((k1, k2),) = derby.query("SELECT k1, k2 FROM doc WHERE k2 = 3")
    made.run(f"INSERT INTO doc VALUES ('{k1}', {k2}, 'of the pool', 0)")  # noqa: S608
    with open_source() as source:
        run_copy(source, made.login)
        made.run("INSERT INTO doc VALUES ('new in the pool', 1, NULL, 0)")
        made.run("UPDATE doc SET note = 'changed since' WHERE k2 = 20")
        made.run("DELETE FROM doc WHERE k2 = 21")
        plan = plan_transfer(source, made.login)
        (removed,) = remove_run(plan, source=source, login=made.login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (ROWS - 2, 1)
        assert not run_is_known(made.login, run_id=RUN)
    notes = made.run("SELECT k1, note FROM doc ORDER BY k1")
    assert notes == [(k1, "of the pool"), ("new in the pool", None)]


def test_rollback_of_an_unfinished_run_leaves_nothing_and_it_may_begin_again(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    steering = Steering()
    watcher = Watcher(lambda _: setattr(steering, "decision", Decision.STOP))
    with open_source() as source:
        settings = TransferSettings(chunk_rows=1, exclusive=True)
        run_copy(source, made.login, settings=settings, control=steering, observer=watcher)
        plan = plan_transfer(source, made.login)
        (removed,) = remove_run(plan, source=source, login=made.login, run_id=RUN)
        assert removed.rows_removed == watcher.rows.total() > 0
        assert made.value("SELECT COUNT(*) FROM doc") == 0
        run_copy(source, made.login)
    assert made.differences(derby, "doc") == NO_DIFFERENCES


def test_rollback_of_a_table_without_key_takes_as_many_equal_rows_as_it_wrote(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    create_in_derby(derby, "plain", 1_000, key=False)
    bench.create_many("plain", key=False)
    # The pool's own row happens to equal one of the run's.
    ((k1, k2, note, amount),) = derby.query("SELECT * FROM plain WHERE k2 = 4")
    bench.run(f"INSERT INTO plain VALUES ('{k1}', {k2}, '{note}', {amount})")  # noqa: S608
    with open_source() as source:
        run_copy(source, bench.login)
        plan = plan_transfer(source, bench.login)
        (removed,) = remove_run(plan, source=source, login=bench.login, run_id=RUN)
    assert removed.rows_removed == 1_000
    assert bench.run("SELECT k1, k2, note, amount FROM plain") == [(k1, k2, note, amount)]
