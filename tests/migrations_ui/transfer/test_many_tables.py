"""What each of many small tables costs: transactions, connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.compare import verify as verifying
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target as AnyTarget
from migrations_ui.transfer.engines.postgresql.target import PostgreSQLTarget
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

TABLES = ("small_1", "small_2", "small_3", "small_4")
EMPTY = "small_4"
ROWS = [(number, f"note {number}") for number in range(5)]
Target = psycopg.Connection[Any]


def test_a_small_table_takes_two_transactions_and_comparing_them_one_connection(
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
        # One notes the table, one has its rows and its end; and one for all foreign keys.
        assert len(transactions) == 2 * len(TABLES) + 1
        monkeypatch.setattr(verifying, "open_target", opened)
        plan = plan_transfer(source, database_login)
        verdicts = verify_all(plan, source, database_login)
    assert [verdict.equal for verdict in verdicts] == [True] * len(TABLES)
    assert len(connections) == 1
    for name in TABLES:
        found = target.execute(f"SELECT k, note FROM {name} ORDER BY k")  # noqa: S608
        assert found.fetchall() == ([] if name == EMPTY else ROWS)


def verify_all(plan: Any, source: Any, login: DatabaseLogin) -> Any:
    return verifying.verify(plan, source=source, login=login, run_id=RUN)
