"""What each of many small tables costs, and that none of it is at the expense of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.table_progress import TableProgress
from migrations_ui.transfer.compare import verify as verifying
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target as AnyTarget
from migrations_ui.transfer.engines.postgresql.introspection import PostgreSQLIntrospection
from migrations_ui.transfer.engines.postgresql.operations import PostgreSQLOperations
from migrations_ui.transfer.engines.postgresql.target import PostgreSQLTarget
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

TABLES = ("small_1", "small_2", "small_3", "small_4")
EMPTY = "small_4"
ROWS = [(number, f"note {number}") for number in range(5)]
Target = psycopg.Connection[Any]


def test_a_small_table_takes_one_transaction_and_comparing_them_one_connection(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in TABLES:
        derby.run(f"CREATE TABLE {name} (k INTEGER NOT NULL PRIMARY KEY, note VARCHAR(9))")
        if name != EMPTY:
            derby.insert(name, ROWS)
        target.execute(f"CREATE TABLE {name} (k integer PRIMARY KEY, note varchar(9))")
    transactions: list[str] = []
    transaction = PostgreSQLTarget.transaction

    @contextmanager
    def counted(self: PostgreSQLTarget) -> Iterator[None]:
        transactions.append("begun")
        with transaction(self):
            yield

    connections: list[str] = []

    def opened(login: DatabaseLogin) -> AbstractContextManager[AnyTarget]:
        connections.append(login.name)
        return open_target(login)

    with open_source() as source:
        with monkeypatch.context() as patch:
            patch.setattr(PostgreSQLTarget, "transaction", counted)
            result = run_copy(source, database_login, settings=TransferSettings(exclusive=True))
        assert result.outcome is CopyOutcome.FINISHED
        # Each notes a table, has its rows and its end; and one is for all foreign keys.
        assert len(transactions) == len(TABLES) + 1
        monkeypatch.setattr(verifying, "open_target", opened)
        plan = plan_transfer(source, database_login)
        verdicts = verify_all(plan, source, database_login)
    assert [verdict.equal for verdict in verdicts] == [True] * len(TABLES)
    assert len(connections) == 1
    for name in TABLES:
        found = target.execute(f"SELECT k, note FROM {name} ORDER BY k")  # noqa: S608
        assert found.fetchall() == ([] if name == EMPTY else ROWS)


@pytest.fixture
def without_key(derby: DerbySample, target: Target) -> str:
    """A table in which a row written twice would stay there twice."""
    derby.run("CREATE TABLE loose (k INTEGER NOT NULL, note VARCHAR(9))")
    derby.insert("loose", ROWS)
    target.execute("CREATE TABLE loose (k integer NOT NULL, note varchar(9))")
    return "loose"


def rows_of(target: Target, name: str) -> list[Any]:
    return target.execute(f"SELECT k, note FROM {name} ORDER BY k").fetchall()  # noqa: S608


def test_a_small_table_that_fails_at_its_end_leaves_nothing_and_is_copied_by_the_next_call(
    without_key: str,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(operations: PostgreSQLOperations, table: TablePlan) -> None:
        raise TargetRefused("not now")

    settings = TransferSettings(exclusive=True)
    with open_source() as source:
        with monkeypatch.context() as patch:
            patch.setattr(PostgreSQLOperations, "finish_load", refuse)
            with pytest.raises(TargetRefused, match="not now"):
                run_copy(source, database_login, settings=settings)
        assert rows_of(target, without_key) == []
        assert target.execute("SELECT COUNT(*) FROM lg_table").fetchone() == (0,)
        for _ in range(2):  # and a further call adds nothing
            result = run_copy(source, database_login, settings=settings)
            assert [table.rows_written for table in result.tables] == [len(ROWS)]
            assert rows_of(target, without_key) == ROWS


def test_a_small_table_over_a_limit_of_the_chunk_is_copied_in_chunks(
    without_key: str, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    settings = TransferSettings(exclusive=True, chunk_bytes=1)
    with open_source() as source:
        result = run_copy(source, database_login, settings=settings)
    assert [table.finished for table in result.tables] == [True]
    assert rows_of(target, without_key) == ROWS


def test_a_small_table_that_a_twin_has_just_copied_is_not_copied_again(
    without_key: str,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = TransferSettings(exclusive=True)
    progress, empty = Checkpoint.progress, PostgreSQLIntrospection.is_empty
    blind = [True]

    def looked_before(checkpoint: Checkpoint, name: str) -> TableProgress | None:
        return None if blind and blind.pop() else progress(checkpoint, name)

    def was_empty(introspection: PostgreSQLIntrospection, name: str) -> bool:
        return not empty(introspection, name)

    with open_source() as source:
        run_copy(source, database_login, settings=settings)
        # The second looks before the first commits.
        monkeypatch.setattr(Checkpoint, "progress", looked_before)
        monkeypatch.setattr(PostgreSQLIntrospection, "is_empty", was_empty)
        result = run_copy(source, database_login, settings=settings)
    assert not blind
    assert [table.rows_written for table in result.tables] == [len(ROWS)]
    assert rows_of(target, without_key) == ROWS


def verify_all(plan: Any, source: Any, login: DatabaseLogin) -> Any:
    return verifying.verify(plan, source=source, login=login, run_id=RUN)
