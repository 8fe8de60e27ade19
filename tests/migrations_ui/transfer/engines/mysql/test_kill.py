"""SIGKILL of MariaDB during a copy; that of the worker is in the conformance suite."""

from __future__ import annotations

import pytest

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.mysql.conftest import Ask, ask_in
from tests.migrations_ui.transfer.many_rows import create_in_derby
from tests.migrations_ui.transfer.runs import RUN, Watcher, run_copy

ROWS = 60_000
COLUMNS = "k1 varchar(40) NOT NULL, k2 int NOT NULL, note varchar(60), amount decimal(12,3)"
QUERY = "SELECT k1, k2, note, amount FROM {}"


def create(ask: Ask) -> None:
    ask(f"CREATE TABLE doc ({COLUMNS}, PRIMARY KEY (k1, k2), KEY by_note (note))")


def assert_all_there(derby: DerbySample, ask: Ask, table: str) -> None:
    here, there = derby.query(QUERY.format(table)), ask(QUERY.format(table))
    assert len(here) == len(there)
    assert set(here) == set(there)


@pytest.mark.parametrize("exclusive", [True, False])
def test_mariadb_killed_during_the_copy_and_stopped_later(  # noqa: PLR0917
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb: EmbeddedMariaDB,
    mariadb_login: DatabaseLogin,
    exclusive: bool,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create(ask)
    if not exclusive:
        # Rows meet: each chunk goes through a temporary table, which a crash takes along.
        ask("INSERT INTO doc VALUES ('of the pool', -1, NULL, NULL)")
    ends = {3: mariadb.kill, 8: mariadb.stop}

    def end_the_server(chunks: int) -> None:
        if chunks in ends:
            ends.pop(chunks)()
            mariadb.start()

    watcher = Watcher(end_the_server)
    settings = TransferSettings(chunk_rows=1, exclusive=exclusive)
    with open_source() as source:
        result = run_copy(source, mariadb_login, settings=settings, observer=watcher)
        plan = plan_transfer(source, mariadb_login)
        (verdict,) = verify(plan, source=source, login=mariadb_login, run_id=RUN)
    assert result.outcome is CopyOutcome.FINISHED
    assert not ends
    assert len(watcher.notes) >= 2
    assert verdict.equal
    with ask_in(mariadb_login) as again:
        again("DELETE FROM doc WHERE k1 = 'of the pool'")
        assert_all_there(derby, again, "doc")
