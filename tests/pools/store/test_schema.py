"""The pool store's schema: applied, continued and written out on connections of every kind."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ConnectionHandler

from pools.databases.connection import DatabaseLogin, open_connection
from pools.store.schema import (
    REQUIRED_LEVEL,
    UnknownLevel,
    apply_schema,
    schema_level,
    schema_sql,
)

# Private connections count as database access for pytest-django.
pytestmark = pytest.mark.django_db

TABLES = {
    "attachments",
    "devices",
    "doc_state",
    "folder_state",
    "schema_level",
    "sec_records",
    "servers",
    "settings",
    "users",
}
LONGEST_NAME = 30


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    connection = _connection("django.db.backends.sqlite3", tmp_path / "store.sqlite3")
    yield connection
    connection.close()


@pytest.fixture
def postgresql_store(database_login: DatabaseLogin) -> Iterator[BaseDatabaseWrapper]:
    with open_connection(database_login) as connection:
        yield connection


def _connection(backend: str, name: Path | str) -> BaseDatabaseWrapper:
    settings = {"ENGINE": backend, "NAME": str(name), "USER": "u", "PASSWORD": "p", "HOST": "h"}
    return ConnectionHandler({"default": settings})["default"]


def test_an_empty_database_has_no_level(postgresql_store: BaseDatabaseWrapper) -> None:
    assert schema_level(postgresql_store) is None


def test_applying_brings_postgresql_to_the_required_level_once(
    postgresql_store: BaseDatabaseWrapper,
) -> None:
    assert apply_schema(postgresql_store) == [REQUIRED_LEVEL]
    assert schema_level(postgresql_store) == REQUIRED_LEVEL
    assert set(postgresql_store.introspection.table_names()) == TABLES
    assert apply_schema(postgresql_store) == []


def test_plain_sql_reads_the_level(postgresql_store: BaseDatabaseWrapper) -> None:
    apply_schema(postgresql_store)
    with postgresql_store.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(level) FROM schema_level WHERE operations_done = operations_total"
        )
        assert cursor.fetchone() == (REQUIRED_LEVEL,)


@pytest.mark.parametrize("done", [1, 4, 9])
def test_a_run_that_died_is_continued(sqlite: BaseDatabaseWrapper, done: int) -> None:
    """The database of an engine without transactional DDL: one operation too many was done."""
    apply_schema(sqlite)
    with sqlite.cursor() as cursor:
        cursor.execute("UPDATE schema_level SET operations_done = %s", [done])
        cursor.execute("DROP INDEX doc_state_folder")
    assert schema_level(sqlite) is None
    assert apply_schema(sqlite) == [REQUIRED_LEVEL]
    assert schema_level(sqlite) == REQUIRED_LEVEL
    with sqlite.cursor() as cursor:
        assert "doc_state_folder" in sqlite.introspection.get_constraints(cursor, "doc_state")


def test_the_written_statements_make_the_same_database(
    sqlite: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "by_hand.sqlite3") as by_hand:
        for statement in schema_sql(sqlite):
            by_hand.execute(statement)
    by_hand.close()
    other = _connection("django.db.backends.sqlite3", tmp_path / "by_hand.sqlite3")
    try:
        assert schema_level(other) == REQUIRED_LEVEL
        assert set(other.introspection.table_names()) == TABLES
        assert apply_schema(other) == []
    finally:
        other.close()


def test_nothing_is_written_for_a_database_at_the_required_level(
    sqlite: BaseDatabaseWrapper,
) -> None:
    assert schema_sql(sqlite, from_level=REQUIRED_LEVEL) == []


def test_a_level_that_is_none_is_named_with_those_there_are(sqlite: BaseDatabaseWrapper) -> None:
    with pytest.raises(UnknownLevel, match=f"no level 0000. Known levels: {REQUIRED_LEVEL}"):
        schema_sql(sqlite, from_level="0000")


def test_postgresql_statements_need_no_server() -> None:
    statements = "\n".join(schema_sql(_connection("django.db.backends.postgresql", "traveler")))
    assert 'PRIMARY KEY ("username", "device_id", "doc_id")' in statements
    assert f"VALUES ('{REQUIRED_LEVEL}'," in statements


def test_names_suit_every_engine() -> None:
    for model in apps.get_app_config("store").get_models():
        table = model._meta.db_table
        names = [table, *(str(field.column) for field in model._meta.concrete_fields)]
        assert all(name.islower() and len(name) <= LONGEST_NAME for name in names), table


def test_the_required_level_is_the_last_migration() -> None:
    migrations = Path(apps.get_app_config("store").path) / "migrations"
    assert max(migrations.glob("[0-9]*.py")).stem == REQUIRED_LEVEL


def test_the_migrations_are_complete() -> None:
    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)


def test_the_console_database_has_no_store_table() -> None:
    tables = set(connections["default"].introspection.table_names())
    assert not tables & (TABLES - {"settings"})


@pytest.fixture
def mariadb_store(mariadb_login: DatabaseLogin) -> Iterator[BaseDatabaseWrapper]:
    with open_connection(mariadb_login) as connection:
        yield connection


def test_applying_brings_mariadb_to_the_required_level_once(
    mariadb_store: BaseDatabaseWrapper,
) -> None:
    assert apply_schema(mariadb_store) == [REQUIRED_LEVEL]
    assert schema_level(mariadb_store) == REQUIRED_LEVEL
    assert set(mariadb_store.introspection.table_names()) == TABLES
    assert apply_schema(mariadb_store) == []


def test_mariadb_keeps_microseconds_and_every_character(mariadb_store: BaseDatabaseWrapper) -> None:
    apply_schema(mariadb_store)
    with mariadb_store.cursor() as cursor:
        cursor.execute(
            "SELECT COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME FROM information_schema.COLUMNS"
            " WHERE TABLE_SCHEMA = DATABASE()"
        )
        columns = cursor.fetchall()
    assert {kind for _name, kind, _set in columns if kind.startswith("datetime")} == {"datetime(6)"}
    assert {code_set for _name, _kind, code_set in columns if code_set} == {"utf8mb4"}


@pytest.mark.parametrize("operation", range(1, 11))
def test_mariadb_is_continued_after_a_kill_behind_any_operation(
    mariadb_login: DatabaseLogin, operation: int
) -> None:
    """DDL commits by itself there: what was done is found, whether it was recorded or not."""
    total = _operations()
    if operation > total:
        pytest.skip(f"The schema has {total} operations.")
    killed = _killed_at(mariadb_login, operation)
    assert killed == -signal.SIGKILL
    with open_connection(mariadb_login) as connection:
        assert schema_level(connection) is None
        assert apply_schema(connection) == [REQUIRED_LEVEL]
        assert schema_level(connection) == REQUIRED_LEVEL
        assert set(connection.introspection.table_names()) == TABLES
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, "doc_state")
        assert "doc_state_folder" in constraints


def test_postgresql_keeps_neither_half_of_a_killed_operation(database_login: DatabaseLogin) -> None:
    assert _killed_at(database_login, 3) == -signal.SIGKILL
    with open_connection(database_login) as connection:
        # The third was made, but neither it nor its record was committed.
        assert len(connection.introspection.table_names()) == 2
        assert apply_schema(connection) == [REQUIRED_LEVEL]
        assert set(connection.introspection.table_names()) == TABLES


KILLED = """
import os, signal, sys
import django
django.setup()
from pools.databases.connection import DatabaseLogin, open_connection
from pools.store import schema
engine, host, port, name, user, password, at = sys.argv[1:]
record, calls = schema._record, 0
def recording(*arguments):
    global calls
    calls += 1
    if calls == int(at):
        os.kill(os.getpid(), signal.SIGKILL)
    record(*arguments)
schema._record = recording
with open_connection(DatabaseLogin(engine, host, int(port), name, user, password)) as connection:
    schema.apply_schema(connection)
"""


def _killed_at(login: DatabaseLogin, operation: int) -> int:
    """Apply the schema in a process that is killed between an operation and its record."""
    place = (login.engine, login.host, str(login.port), login.name, login.user, login.password)
    return subprocess.run(
        [sys.executable, "-c", KILLED, *place, str(operation)],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=settings.BASE_DIR,
        check=False,
    ).returncode


def _operations() -> int:
    loader = MigrationLoader(None)
    return len(loader.graph.nodes["store", REQUIRED_LEVEL].operations)
