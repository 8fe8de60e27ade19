"""The pool store's schema: applied, continued and written out on connections of every kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
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
