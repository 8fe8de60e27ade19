"""A rejected row is written with one value corrected: counted, verified, and taken back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.earlier_sessions import open_marked
from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.corrections.apply import apply_correction
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import ConnectionGone, Target
from migrations_ui.transfer.errors import CorrectionRefused
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

EXCLUSIVE = TransferSettings(exclusive=True)


def test_a_corrected_row_is_written_counted_verified_and_taken_back(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(40), b INTEGER)")
    derby.insert("t", [(1, "fits", 10), (2, "much too long", 20), (3, "fits", 30)])
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a varchar(5), b integer)")
    with open_source() as source:
        run_copy(source, database_login, settings=EXCLUSIVE)
        (reject,) = list_rejects(database_login, run_id=RUN)
        assert reject.row_number is not None
        plan = plan_transfer(source, database_login)
        (table,) = plan.tables
        given_: dict[str, Any] = {
            "source": source,
            "login": database_login,
            "run_id": RUN,
            "row_number": reject.row_number,
        }
        with pytest.raises(CorrectionRefused, match="5 is the most"):
            apply_correction(table, values={reject.column: "still too long"}, **given_)
        apply_correction(table, values={reject.column: "short"}, **given_)
        with pytest.raises(CorrectionRefused, match="no reject"):
            apply_correction(table, values={reject.column: "twice"}, **given_)
        rows = "SELECT * FROM t ORDER BY k"
        assert target.execute(rows).fetchall() == [
            *((1, "fits", 10), (2, "short", 20), (3, "fits", 30))
        ]
        assert list_rejects(database_login, run_id=RUN) == []
        with open_target(database_login) as engine:
            progress = Checkpoint(engine, RUN).finished(table)
        assert (progress.rows_written, progress.rows_rejected) == (3, 0)

        def mismatches() -> int:
            (verdict,) = verify(plan, source=source, login=database_login, run_id=RUN)
            return verdict.mismatches

        assert mismatches() == 0
        target.execute("UPDATE t SET b = 21 WHERE k = 2")
        assert mismatches() == 1
        (removed,) = remove_run(plan, source=source, login=database_login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (3, 0)
    assert target.execute(rows).fetchall() == []


def test_a_session_of_an_earlier_attempt_does_not_keep_a_row_from_being_corrected(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(40))")
    derby.insert("t", [(1, "much too long")])
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a varchar(5))")
    with open_source() as source:
        run_copy(source, database_login, settings=EXCLUSIVE)
        (reject,) = list_rejects(database_login, run_id=RUN)
        assert reject.row_number is not None
        (table,) = plan_transfer(source, database_login).tables
        given: dict[str, Any] = {"source": source, "login": database_login, "run_id": RUN}
        values = {reject.column: "short"}

        def correct_while_locked(frozen: Target) -> None:
            with frozen.transaction():
                frozen.change("UPDATE lg_table SET next_row = next_row")
                apply_correction(
                    table, row_number=reject.row_number or 0, values=values, attempt=2, **given
                )

        with open_marked(database_login, RUN, 1) as frozen, pytest.raises(ConnectionGone):
            correct_while_locked(frozen)
    assert target.execute("SELECT * FROM t").fetchall() == [(1, "short")]


def test_a_key_that_the_pool_has_by_now_is_refused_and_stays_a_reject(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(40))")
    derby.insert("t", [(2, "much too long")])
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a varchar(5))")
    with open_source() as source:
        run_copy(source, database_login)
        (reject,) = list_rejects(database_login, run_id=RUN)
        target.execute("INSERT INTO t VALUES (2, 'pool')")
        (table,) = plan_transfer(source, database_login).tables
        with pytest.raises(CorrectionRefused, match="only once"):
            apply_correction(
                table,
                source=source,
                login=database_login,
                run_id=RUN,
                row_number=reject.row_number or 0,
                values={reject.column: "short"},
            )
    assert list_rejects(database_login, run_id=RUN) == [reject]
    assert target.execute("SELECT * FROM t").fetchall() == [(2, "pool")]
