"""A scratch schema on a real PostgreSQL; the other engines' words as words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.errors import PrivilegeMissing
from pools.databases.scratch import (
    WORDS,
    ScratchNotUsed,
    create_scratch,
    drop_scratch,
    may_create_scratch,
    scratch_grant,
    scratch_login,
)
from pools.lab.embedded import EmbeddedPostgreSQL
from pools.states import Engine

NAME = "lg_rehearsal_0123456789abcdef"


@pytest.fixture(autouse=True)
def _managed_databases_allowed(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def tables(login: DatabaseLogin) -> list[str]:
    with open_connection(login) as connection:
        return connection.introspection.table_names()


def run(login: DatabaseLogin, statement: str) -> None:
    with open_connection(login) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def test_it_is_made_once_and_dropped_with_all_it_holds(database_login: DatabaseLogin) -> None:
    assert may_create_scratch(database_login, NAME)
    assert create_scratch(database_login, NAME)
    assert not create_scratch(database_login, NAME)
    scratch = scratch_login(database_login, NAME)
    run(scratch, "CREATE TABLE users (name text PRIMARY KEY)")
    assert tables(scratch) == ["users"]
    assert tables(database_login) == []

    run(database_login, "CREATE TABLE users (name text PRIMARY KEY)")
    assert drop_scratch(database_login, NAME)
    assert not drop_scratch(database_login, NAME)
    assert tables(database_login) == ["users"]


def test_a_login_without_the_right_is_seen_before_it_tries(
    database_login: DatabaseLogin, postgresql: EmbeddedPostgreSQL
) -> None:
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database_login.name}" OWNER TO {postgresql.user}')
    assert not may_create_scratch(database_login, NAME)
    assert database_login.user in scratch_grant(database_login)
    with pytest.raises(PrivilegeMissing):
        create_scratch(database_login, NAME)


@pytest.mark.parametrize("engine", Engine)
def test_every_engine_has_its_words(engine: Engine) -> None:
    words = WORDS[engine]
    assert "{name}" in words.create
    assert "{name}" in words.drop
    assert words.exists.count("%s") == 1
    login = DatabaseLogin(engine, "db", 1, "TRAVELER", "lntuser", "", "LNT")
    scratch = scratch_login(login, NAME)
    assert NAME in {scratch.name, scratch.schema}
    assert "lntuser" in scratch_grant(login)


def test_a_connection_that_would_work_in_the_pools_own_tables_is_refused(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where an engine lets nobody choose a schema.
    monkeypatch.setattr("pools.databases.scratch.scratch_login", lambda login, name: login)
    with pytest.raises(ScratchNotUsed, match="works in public"):
        create_scratch(database_login, NAME)
    assert drop_scratch(database_login, NAME)
