"""Foreign keys of MariaDB: parents first on the way in, children first on the way out."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.engines.mysql.target import open_target
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.mysql.conftest import Ask
from tests.migrations_ui.transfer.runs import RUN, run_copy

PEOPLE = "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY)"
DEVICES = (
    "CREATE TABLE devices (id INTEGER NOT NULL, part INTEGER NOT NULL, person INTEGER, "
    "PRIMARY KEY (id, part), FOREIGN KEY (person) REFERENCES people (id))"
)
SYNCS = (
    "CREATE TABLE syncs (n INTEGER NOT NULL PRIMARY KEY, device INTEGER, part INTEGER, "
    "FOREIGN KEY (device, part) REFERENCES devices (id, part))"
)


@pytest.mark.parametrize("exclusive", [True, False], ids=["alone", "beside others"])
def test_parents_are_there_before_their_children_and_go_after_them(
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb_login: DatabaseLogin,
    exclusive: bool,
) -> None:
    for statement in (PEOPLE, DEVICES, SYNCS):
        derby.run(statement)
        ask(statement)
    derby.insert("people", [(n,) for n in range(50)])
    derby.insert("devices", [(n, 1, n % 50) for n in range(500)])
    derby.insert("syncs", [(n, n % 500, 1) for n in range(20_000)])
    settings = TransferSettings(chunk_rows=1, exclusive=exclusive)
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login)
        assert [(each.name, each.parents) for each in plan.tables] == [
            ("people", ()),
            ("devices", ("people",)),
            ("syncs", ("devices",)),
        ]
        run_copy(source, mariadb_login, settings=settings)
        verdicts = verify(plan, source=source, login=mariadb_login, run_id=RUN)
        assert all(verdict.equal for verdict in verdicts)
        assert ask("SELECT COUNT(*) FROM syncs") == [(20_000,)]
        removed = remove_run(plan, source=source, login=mariadb_login, run_id=RUN)
    assert [table.rows_removed for table in removed] == [20_000, 500, 50]


@pytest.mark.parametrize("beside", [False, True], ids=["empty", "beside a row of the pool"])
def test_a_row_without_its_parent_is_no_duplicate(
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb_login: DatabaseLogin,
    beside: bool,
) -> None:
    ask(PEOPLE)
    ask(DEVICES)
    ask("INSERT INTO people VALUES (1)")
    if beside:
        ask("INSERT INTO devices VALUES (9, 1, 1)")
    derby.run(
        "CREATE TABLE devices (id INTEGER NOT NULL, part INTEGER NOT NULL, person INTEGER, "
        "PRIMARY KEY (id, part))"
    )
    derby.insert("devices", [(1, 1, 1), (2, 1, 77)])
    with open_source() as source, pytest.raises(TargetRefused, match="refer to one"):
        run_copy(source, mariadb_login)
    assert ask("SELECT COUNT(*) FROM devices") == [(1 if beside else 0,)]


def test_a_table_that_refers_to_itself_is_reported_and_blocks_nothing(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE folders (id INTEGER NOT NULL PRIMARY KEY, above INTEGER)")
    derby.insert("folders", [(1, 1)])
    ask(
        "CREATE TABLE folders (id INTEGER NOT NULL PRIMARY KEY, above INTEGER, "
        "FOREIGN KEY (above) REFERENCES folders (id))"
    )
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login)
    assert not plan.blocked
    assert "same table" in plan.findings[0].problem
    assert "not checked by the copy's own sessions" in plan.findings[0].problem


def test_only_parents_of_the_same_database_count(ask: Ask, mariadb_login: DatabaseLogin) -> None:
    ask(PEOPLE)
    ask(DEVICES)
    with open_target(mariadb_login) as target:
        parents = {table.name: table.parents for table in target.introspection.tables()}
    assert parents == {"people": (), "devices": ("people",)}
