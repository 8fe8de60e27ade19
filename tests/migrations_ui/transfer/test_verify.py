"""Verification sees what is wrong, repair mends it, rollback takes out the run's rows only."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.errors import NotCopied, NotRepairable
from migrations_ui.transfer.plan import plan_transfer
from migrations_ui.transfer.repair import repair_table
from migrations_ui.transfer.rollback import remove_run, run_is_known
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import DifferenceKind, RowDifference
from migrations_ui.transfer.verify import TableVerdict, verify
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import (
    NO_DIFFERENCES,
    create_in_derby,
    create_in_target,
    differences,
)
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

ROWS = 10_000
SOLE = TransferSettings(exclusive=True)
Target = psycopg.Connection[Any]


def verify_all(source: Any, login: DatabaseLogin) -> TableVerdict:
    (verdict,) = verify(plan_transfer(source, login), source=source, login=login, run_id=RUN)
    return verdict


def damage(derby: DerbySample, target: Target) -> list[RowDifference]:
    """Change, remove and add a row behind the engine's back; what verification should say."""
    ordered = "SELECT k1, k2 FROM doc WHERE k2 IN (17, 5000) ORDER BY k2"
    (first, number), (second, other) = derby.query(ordered)
    target.execute("UPDATE doc SET note = 'forged', amount = amount + 1 WHERE k2 = 17")
    target.execute("DELETE FROM doc WHERE k2 = 5000")
    target.execute("INSERT INTO doc VALUES ('stranger', -1, NULL, 0)")
    return [
        RowDifference(f'["{first}", {number}]', DifferenceKind.DIFFERS, ("note", "amount")),
        RowDifference(f'["{second}", {other}]', DifferenceKind.MISSING, ()),
        RowDifference('["stranger", -1]', DifferenceKind.EXTRA, ()),
    ]


def test_equal_sides_are_equal(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    with open_source() as source:
        run_copy(source, database_login, settings=SOLE)
        verdict = verify_all(source, database_login)
    assert verdict.equal
    assert (verdict.rows_source, verdict.rows_target) == (ROWS, ROWS)


def test_differing_rows_are_named_mended_and_then_equal(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    with open_source() as source:
        run_copy(source, database_login, settings=SOLE)
        expected = damage(derby, target)
        verdict = verify_all(source, database_login)
        assert not verdict.equal
        assert verdict.mismatches == 3
        assert set(verdict.differences) == set(expected)
        (table,) = plan_transfer(source, database_login).tables
        result = repair_table(table, source=source, login=database_login, run_id=RUN)
        assert result.rows_rewritten == 2
        # A row that only the target has is shown, never removed.
        assert [each.kind for each in verify_all(source, database_login).differences] == ["extra"]
        target.execute("DELETE FROM doc WHERE k1 = 'stranger'")
        assert verify_all(source, database_login).equal
    assert differences(derby, target, "doc") == NO_DIFFERENCES


def test_rows_of_other_servers_are_no_difference_where_rows_meet(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    (taken,) = derby.query("SELECT k1, k2 FROM doc WHERE k2 = 3")
    target.execute("INSERT INTO doc VALUES (%s, %s, 'of the pool', 0)", taken)
    with open_source() as source:
        run_copy(source, database_login)
        assert verify_all(source, database_login).equal
        differing, missing, _ = damage(derby, target)
        verdict = verify_all(source, database_login)
        assert set(verdict.differences) == {differing, missing}
        (table,) = plan_transfer(source, database_login).tables
        repair_table(table, source=source, login=database_login, run_id=RUN)
        assert verify_all(source, database_login).equal
    kept = target.execute("SELECT note FROM doc WHERE k2 = 3").fetchone()
    assert kept == ("of the pool",)


def test_tables_without_key_are_compared_as_multisets(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "plain", 3_000, key=False)
    derby.run("INSERT INTO plain VALUES ('twice', 1, NULL, NULL), ('twice', 1, NULL, NULL)")
    create_in_target(target, "plain", key=False)
    with open_source() as source:
        run_copy(source, database_login, settings=SOLE)
        assert verify_all(source, database_login).equal
        target.execute("DELETE FROM plain WHERE ctid = (SELECT max(ctid) FROM plain)")
        target.execute("UPDATE plain SET note = 'forged' WHERE k2 = 4")
        verdict = verify_all(source, database_login)
        kinds = sorted(each.kind.value for each in verdict.differences)
        assert kinds == ["extra", "missing", "missing"]
        (table,) = plan_transfer(source, database_login).tables
        with pytest.raises(NotRepairable):
            repair_table(table, source=source, login=database_login, run_id=RUN)


def test_a_table_that_is_not_copied_cannot_be_verified(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 100)
    create_in_target(target, "doc")
    with open_source() as source:
        run_copy(source, database_login, run_id="another run")
        with pytest.raises(NotCopied, match="doc"):
            verify_all(source, database_login)


@pytest.mark.parametrize("exclusive", [True, False])
def test_rollback_of_an_unfinished_run_leaves_the_tables_as_they_were(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    exclusive: bool,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    before = set(target.execute("SELECT indexdef FROM pg_indexes").fetchall())
    steering = Steering()
    watcher = Watcher(lambda count: setattr(steering, "decision", Decision.STOP))
    with open_source() as source:
        settings = TransferSettings(chunk_rows=1, exclusive=exclusive)
        run_copy(source, database_login, settings=settings, control=steering, observer=watcher)
        plan = plan_transfer(source, database_login)
        (removed,) = remove_run(plan, source=source, login=database_login, run_id=RUN)
        assert removed.rows_removed == watcher.rows["doc"] > 0
        assert removed.rows_missing == 0
        assert target.execute("SELECT count(*) FROM doc").fetchone() == (0,)
        assert before < set(target.execute("SELECT indexdef FROM pg_indexes").fetchall())
        # The run is forgotten: the same one may begin again.
        run_copy(source, database_login)
    assert differences(derby, target, "doc") == NO_DIFFERENCES


def test_rollback_takes_the_runs_rows_and_no_others(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    (taken,) = derby.query("SELECT k1, k2 FROM doc WHERE k2 = 3")
    target.execute("INSERT INTO doc VALUES (%s, %s, 'of the pool', 0)", taken)
    with open_source() as source:
        run_copy(source, database_login)
        target.execute("INSERT INTO doc VALUES ('new in the pool', 1, NULL, 0)")
        target.execute("UPDATE doc SET note = 'changed since' WHERE k2 = 20")
        target.execute("DELETE FROM doc WHERE k2 = 21")
        plan = plan_transfer(source, database_login)
        (removed,) = remove_run(plan, source=source, login=database_login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (ROWS - 2, 1)
        assert not run_is_known(database_login, run_id=RUN)
        assert remove_run(plan, source=source, login=database_login, run_id=RUN) == ()
    notes = target.execute("SELECT k1, note FROM doc ORDER BY k1").fetchall()
    assert notes == [(taken[0], "of the pool"), ("new in the pool", None)]


def test_rollback_of_a_table_without_key_takes_as_many_equal_rows_as_it_wrote(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "plain", 1_000, key=False)
    create_in_target(target, "plain", key=False)
    # The pool's own row happens to equal one of the run's.
    (same,) = derby.query("SELECT k1, k2, note, amount FROM plain WHERE k2 = 4")
    target.execute("INSERT INTO plain VALUES (%s, %s, %s, %s)", same)
    with open_source() as source:
        run_copy(source, database_login)
        plan = plan_transfer(source, database_login)
        (removed,) = remove_run(plan, source=source, login=database_login, run_id=RUN)
    assert removed.rows_removed == 1_000
    assert target.execute("SELECT k1, k2, note, amount FROM plain").fetchall() == [same]
