"""After a pool's first migration Traveler can insert, update and delete in every table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import open_connection
from pools.lab.derby import DerbyDatabase
from pools.lab.people import People
from pools.lab.scenario import Population
from pools.lab.standalone import STANDALONE_TABLES, create_tables
from pools.store.schema import apply_schema
from tests.migrations_ui.transfer.conformance.conftest import Bench, drop_tables
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import Steering, Watcher, run_copy

ALONE = TransferSettings(chunk_rows=1, exclusive=True)
STORE = [model._meta.db_table for model in STANDALONE_TABLES]
# A column that fills itself from a sequence which belongs to nothing.
SEQUENCES = {
    "postgresql": "integer DEFAULT nextval('of_nothing')",
    "mysql": "int DEFAULT nextval(of_nothing)",
    "sqlserver": "int DEFAULT NEXT VALUE FOR of_nothing",
}


@pytest.fixture
def odd(bench: Bench) -> Any:
    """Drops what these tests make beside tables."""
    yield bench
    drop_tables(bench.run, bench.description)
    drop(bench, "SEQUENCE of_nothing")


def drop(bench: Bench, what: str) -> None:
    try:
        bench.run(f"DROP {what}")
    except Exception:  # noqa: BLE001  each driver has an error of its own for what is not there
        return


def test_every_table_of_the_store_takes_inserts_updates_and_deletes(
    tmp_path: Path, derby: DerbySample, open_source: OpenSource, odd: Bench
) -> None:
    database = DerbyDatabase(derby.directory, tmp_path / "derby.log")
    create_tables(database)
    people = People(
        Population(users=4, devices=6, documents=30),
        organization="Acme",
        seed=1,
        settings_owner="CN=trav1/O=Acme",
    )
    for model, rows in people.tables():
        database.insert_rows(model, rows)
    database.close()
    with open_connection(odd.login) as connection:
        apply_schema(connection)
    with open_source() as source:
        result = run_copy(source, odd.login, settings=ALONE)
    assert {table.name.casefold() for table in result.tables} == set(STORE)
    # As the application, by its own driver and login.
    connection, _ = odd.description.opened(odd.login)
    for table in result.tables:
        write_to(odd, connection, table.name, [str(f) for f in columns_of(table.name)])
    connection.close()


def columns_of(table: str) -> list[str]:
    (model,) = (each for each in STANDALONE_TABLES if each._meta.db_table == table.casefold())
    return [str(field.column) for field in model._meta.concrete_fields]


def write_to(bench: Bench, connection: Any, table: str, columns: list[str]) -> None:
    """Takes a row out and puts it back, and changes all of them."""
    quote = bench.description.quoted
    folded = [quote(name.upper() if bench.login.engine == "db2" else name) for name in columns]
    listed = ", ".join(folded)
    mark = "?" if bench.login.engine in ("sqlserver", "db2") else "%s"
    cursor = connection.cursor()
    cursor.execute(f"SELECT {listed} FROM {quote(table)}")  # noqa: S608
    rows = [tuple(row) for row in cursor.fetchall()]
    cursor.execute(f"UPDATE {quote(table)} SET {folded[-1]} = {folded[-1]}")  # noqa: S608
    cursor.execute(f"DELETE FROM {quote(table)}")  # noqa: S608
    marks = ", ".join([mark] * len(columns))
    for row in rows:
        cursor.execute(f"INSERT INTO {quote(table)} ({listed}) VALUES ({marks})", row)  # noqa: S608
    cursor.execute(f"SELECT COUNT(*) FROM {quote(table)}")  # noqa: S608
    assert tuple(cursor.fetchone()) == (len(rows),)
    cursor.close()


@pytest.mark.parametrize("paused", [False, True], ids=["at once", "after a pause"])
def test_columns_that_fill_themselves_go_on_after_the_rows(
    derby: DerbySample, open_source: OpenSource, odd: Bench, paused: bool
) -> None:
    tables = {"numbered": f"{odd.description.identity}"}
    has_sequences = odd.login.engine in SEQUENCES
    if odd.login.engine == "mysql":
        has_sequences = "MariaDB" in odd.value("SELECT VERSION()")
    if has_sequences:
        start = " START WITH 1" if odd.login.engine == "sqlserver" else ""
        odd.run(f"CREATE SEQUENCE of_nothing{start}")
        tables["filled"] = SEQUENCES[odd.login.engine]
    text = odd.description.narrow[0]
    for table, kind in tables.items():
        derby.run(f"CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(5))")
        derby.insert(table, [(number, "old") for number in (1, 2, 40)])
        primary = kind if "NOT NULL" in kind else f"{kind} NOT NULL"
        odd.run(f"CREATE TABLE {table} (id {primary} PRIMARY KEY, v {text})")
    steering = Steering()
    watcher = Watcher(lambda _: setattr(steering, "decision", Decision.PAUSE))
    with open_source() as source:
        if paused:
            run_copy(source, odd.login, settings=ALONE, control=steering, observer=watcher)
        assert run_copy(source, odd.login, settings=ALONE).outcome is CopyOutcome.FINISHED
    for table in tables:
        odd.run(f"INSERT INTO {table} (v) VALUES ('new')")  # noqa: S608
        odd.run(f"UPDATE {table} SET v = 'also'")  # noqa: S608
        odd.run(f"DELETE FROM {table} WHERE id = 1")  # noqa: S608
        ids = [number for (number,) in odd.run(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608
        assert ids[:2] == [2, 40]
        assert ids[2] > 40
