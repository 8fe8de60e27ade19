"""The control tables in each backend's own column types, written with no server present."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.checkpoint.control_tables import CONTROL_TABLES, fitting
from pools.databases.connection import DatabaseLogin, prepare_connection
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.sample import GOLDEN

DB2_NAME = 30
# SQL Server's, ODBC's future ones and MySQL 8's that are near to what such tables hold.
RESERVED = {
    *("row_number", "rank", "system", "rows", "key", "keys", "table", "order", "group", "index"),
    *("first_value", "last_value", "groups", "lead", "lag", "of", "over", "window", "percent"),
}


def backend_of(engine: str) -> BaseDatabaseWrapper:
    return prepare_connection(DatabaseLogin(engine, "localhost", 1, "t", "u", "p"))


# MySQL's backend asks the server for its version first; the conformance suite has that engine.
@pytest.mark.parametrize("engine", ["postgresql", "sqlserver", "db2"])
def test_statements_are_those_of_the_golden_file(engine: str) -> None:
    backend = backend_of(engine)
    written = "".join(f"{table.ddl(backend)}\n\n" for table in CONTROL_TABLES)
    path = GOLDEN / f"control_{engine}.sql"
    kept = path.read_text(encoding="utf-8")
    assert written.replace("(", "( ").split() == kept.replace("(", "( ").split()


def test_derby_takes_the_statements_for_db2_whose_dialect_it_speaks(tmp_path: Path) -> None:
    backend, derby = backend_of("db2"), DerbySample(tmp_path / "db")
    derby.run(*(table.ddl(backend) for table in CONTROL_TABLES))
    assert derby.query("SELECT COUNT(*) FROM lg_reject") == [(0,)]


def test_names_are_short_and_reserved_nowhere() -> None:
    for table in CONTROL_TABLES:
        for name in (table.name, *table.columns):
            assert len(name) <= DB2_NAME
            assert name not in RESERVED
        assert set(table.key) <= set(table.columns)
        assert table.insert.count("%s") == len(table.columns)


def test_a_text_is_cut_to_bytes_and_stays_text() -> None:
    cut = fitting("ä" * 300)
    assert cut == "ä" * 200
    assert fitting("x" + "ä" * 300) == "x" + "ä" * 199
