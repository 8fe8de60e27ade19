"""Rows that meet: each policy's verdicts, both sides kept, and a way back that touches no other
row, on every engine alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import TableResult
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.errors import ConflictsFound, TargetRefused
from migrations_ui.transfer.merge.conflicts import list_conflicts
from migrations_ui.transfer.merge_policy import MergeCounts, MergePolicy, MergeRules, MergeVerdict
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import remove_run
from tests.migrations_ui.transfer.conformance.conftest import ROWS, Bench
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

RULES = MergeRules(ages={"doc": "amount"})
# What the pool has at these k2, as SQL that changes the server's note and amount.
OLDER, NEWER, AGELESS, EQUAL = range(4)
POOL_SAYS: dict[int, Callable[[str, str], tuple[str, str]]] = {
    OLDER: lambda note, amount: ("'of the pool'", f"{amount} - 1"),
    NEWER: lambda note, amount: ("'of the pool'", f"{amount} + 1"),
    AGELESS: lambda note, amount: (note, "NULL"),
    EQUAL: lambda note, amount: (note, amount),
}
EACH = 10
OTHERS = 50


def fill_pool(derby: DerbySample, made: Bench) -> None:
    """Ten rows of each kind that meet, spread over the chunks; and rows that are only here."""
    for k1, k2, note, amount in derby.query("SELECT k1, k2, note, amount FROM doc"):
        kind, step = divmod(k2, 97)
        if step == 3 and kind < EACH * len(POOL_SAYS):
            quoted = "NULL" if note is None else f"'{note}'"
            said, age = POOL_SAYS[kind % len(POOL_SAYS)](quoted, str(amount))
            made.run(f"INSERT INTO doc VALUES ('{k1}', {k2}, {said}, {age})")  # noqa: S608
    for number in range(OTHERS):
        # The key of one of the server's rows but for its case, or a blank at its end.
        key = f"KEY {number}" if number % 2 else f"only here {number}"
        made.run(f"INSERT INTO doc VALUES ('{key}', -{number + 1}, 'of the pool', NULL)")  # noqa: S608


def rows_of(made: Bench) -> Counter[tuple[Any, ...]]:
    return Counter(made.run("SELECT k1, k2, note, amount FROM doc"))


def copy_by(policy: MergePolicy, source: DerbySource, made: Bench) -> TableResult:
    settings = TransferSettings(chunk_rows=1, policy=policy, rules=RULES)
    (table,) = run_copy(source, made.login, settings=settings).tables
    assert table.rows_total == table.rows_written + table.merged.total + table.rows_rejected == ROWS
    return table


def verify_doc(source: DerbySource, made: Bench, plan: TransferPlan) -> int:
    (verdict,) = verify(plan, source=source, login=made.login, run_id=RUN, rules=RULES)
    return verdict.mismatches


@pytest.mark.parametrize(
    ("policy", "merged"),
    [
        (MergePolicy.NEWEST, MergeCounts(updated=2 * EACH, equal=EACH, kept=EACH)),
        (MergePolicy.POOL, MergeCounts(updated=0, equal=EACH, kept=3 * EACH)),
        (MergePolicy.SERVER, MergeCounts(updated=3 * EACH, equal=EACH, kept=0)),
    ],
)
def test_each_policy_decides_and_the_way_back_restores_every_row(
    derby: DerbySample,
    open_source: OpenSource,
    made: Bench,
    policy: MergePolicy,
    merged: MergeCounts,
) -> None:
    fill_pool(derby, made)
    before = rows_of(made)
    with open_source() as source:
        table = copy_by(policy, source, made)
        assert table.merged == merged
        assert sum(rows_of(made).values()) == sum(before.values()) + table.rows_written
        won = made.value("SELECT COUNT(*) FROM doc WHERE note = 'of the pool'")
        assert won == OTHERS + {MergePolicy.NEWEST: EACH, MergePolicy.POOL: 2 * EACH}.get(policy, 0)
        plan = plan_transfer(source, made.login)
        conflicts = list_conflicts(plan, login=made.login, run_id=RUN)
        verdicts = Counter(conflict.verdict for conflict in conflicts)
        assert (verdicts[MergeVerdict.REPLACED], verdicts[MergeVerdict.KEPT]) == (
            merged.updated,
            merged.kept,
        )
        assert {value.column for each in conflicts for value in each.values} == {"note", "amount"}
        assert verify_doc(source, made, plan) == 0
        (removed,) = remove_run(plan, source=source, login=made.login, run_id=RUN)
    assert (removed.rows_removed, removed.rows_restored) == (table.rows_written, merged.updated)
    assert removed.changed_since == ()
    assert rows_of(made) == before


def test_a_run_that_is_to_stop_leaves_the_chunk_out_and_goes_on_under_another_policy(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    fill_pool(derby, made)
    before = rows_of(made)
    with open_source() as source:
        with pytest.raises(ConflictsFound) as stopped:
            copy_by(MergePolicy.STOP, source, made)
        assert len(stopped.value.keys) == stopped.value.count > 0
        # Both sides, although the chunk is not written.
        assert all(values for _, values in stopped.value.rows)
        (pool, server), *_ = [
            (Decimal(each.pool or 0), Decimal(each.server or 0))
            for _, values in stopped.value.rows
            for each in values
            if each.column == "amount" and each.pool
        ]
        assert abs(pool - server) == 1
        listed = list_conflicts(plan_transfer(source, made.login), login=made.login, run_id=RUN)
        assert listed == []
        assert copy_by(MergePolicy.POOL, source, made).merged == MergeCounts(0, EACH, 3 * EACH)
        remove_run(plan_transfer(source, made.login), source=source, login=made.login, run_id=RUN)
    assert rows_of(made) == before


def test_what_is_taken_stays_out_row_by_row(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    """One value of a second unique key is taken from a new row, one from a row that wins."""
    fill_pool(derby, made)
    (new,) = derby.query("SELECT note FROM doc WHERE k2 = 1")[0]
    (wins,) = derby.query("SELECT note FROM doc WHERE k2 = 3")[0]
    made.run("DELETE FROM doc WHERE k2 < 0")
    made.run("UPDATE doc SET note = NULL WHERE note = 'of the pool'")
    made.run("DELETE FROM doc WHERE note IS NULL AND k2 <> 3")
    derby.run("DELETE FROM doc WHERE note IS NULL")
    made.run(f"INSERT INTO doc VALUES ('taken 1', -1, '{new}', 0)")  # noqa: S608
    made.run(f"INSERT INTO doc VALUES ('taken 2', -2, '{wins}', 0)")  # noqa: S608
    made.run("CREATE UNIQUE INDEX doc_once ON doc (note)")
    before = rows_of(made)
    with open_source() as source:
        settings = TransferSettings(chunk_rows=1, policy=MergePolicy.SERVER)
        (table,) = run_copy(source, made.login, settings=settings).tables
        assert table.rows_rejected == 1
        assert table.rows_total == table.rows_written + table.merged.total + 1
        (reject,) = list_rejects(made.login, run_id=RUN)
        assert ", 1]" in reject.key
        plan = plan_transfer(source, made.login)
        unique_violations = [
            conflict.key
            for conflict in list_conflicts(plan, login=made.login, run_id=RUN)
            if conflict.verdict is MergeVerdict.UNIQUE_VIOLATION
        ]
        assert len(unique_violations) == 1
        assert ", 3]" in unique_violations[0]
        assert verify_doc(source, made, plan) == 0
        remove_run(plan, source=source, login=made.login, run_id=RUN)
    assert rows_of(made) == before


def test_what_was_written_to_since_stays_and_what_was_tampered_with_is_mended(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    fill_pool(derby, made)
    with open_source() as source:
        copy_by(MergePolicy.NEWEST, source, made)
        plan = plan_transfer(source, made.login)
        # 3 is one that was replaced; 3 + 97 one that stayed the pool's; 5 one that is new.
        made.run("UPDATE doc SET note = 'forged' WHERE k2 IN (3, 5)")
        made.run("DELETE FROM doc WHERE k2 = 100")
        assert verify_doc(source, made, plan) == 3
        repair_table(plan.tables[0], source=source, login=made.login, run_id=RUN)
        assert verify_doc(source, made, plan) == 0
        assert made.value("SELECT note FROM doc WHERE k2 = 100") == "of the pool"
        # A member of the pool goes on with a row that was replaced: its age tells.
        goes_on = "UPDATE doc SET note = 'a device wrote this', amount = amount + {} WHERE k2 = {}"
        made.run(goes_on.format(1, 3))
        made.run(goes_on.format(0, 3 + 97 * len(POOL_SAYS)))
        assert verify_doc(source, made, plan) == 1
        repaired = repair_table(
            plan.tables[0], source=source, login=made.login, run_id=RUN, rules=RULES
        )
        assert repaired.rows_rewritten == 1
        assert verify_doc(source, made, plan) == 0
        (removed,) = remove_run(plan, source=source, login=made.login, run_id=RUN)
    assert removed.rows_restored == 2 * EACH - 1
    assert len(removed.changed_since) == 1
    assert made.value("SELECT note FROM doc WHERE k2 = 3") == "a device wrote this"


def test_a_conflict_table_narrower_than_its_table_by_now_is_reported_before_the_copy(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    """An earlier run made it; what it keeps is put back by a rollback, so it must keep all."""
    text = bench.description.narrow[0]
    derby.run("CREATE TABLE t (k VARCHAR(5) NOT NULL PRIMARY KEY, a VARCHAR(50))")
    derby.insert("t", [("same", "of the server")])
    bench.run(f"CREATE TABLE t (k {text} NOT NULL PRIMARY KEY, a {text})")
    bench.run("INSERT INTO t VALUES ('same', 'pool')")
    with open_source() as source:
        run_copy(source, bench.login, run_id="an earlier one")
        bench.run(bench.description.widen.format(table="t", column="a"))
        with pytest.raises(TargetRefused, match=r"give lg_met_t\.a the same type"):
            run_copy(source, bench.login)
        assert bench.run("SELECT a FROM t") == [("pool",)]
        bench.run(bench.description.widen.format(table="lg_met_t", column="a"))
        settings = TransferSettings(policy=MergePolicy.SERVER)
        (table,) = run_copy(source, bench.login, settings=settings).tables
        assert table.merged == MergeCounts(updated=1)
        assert bench.run("SELECT a FROM t") == [("of the server",)]
