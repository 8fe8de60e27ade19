"""A scratch schema on a real PostgreSQL and a scratch database on a real MariaDB; Db2 and SQL
Server as what they are reported, on connections that record."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.databases import scratch as module
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import PrivilegeMissing
from pools.databases.mysql.privileges import GRANTS_NEEDED, granted_on
from pools.databases.scratch import (
    ScratchInUse,
    ScratchNotUsed,
    create_scratch,
    drop_scratch,
    list_scratches,
    may_create_scratch,
    scratch_grant,
    scratch_login,
)
from tests.waiting import wait_until

NAME = "lg_rehearsal_0123456789abcdef"


@pytest.fixture(autouse=True)
def _managed_databases_allowed(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture(params=["database_login", "mariadb_login"])
def login(request: pytest.FixtureRequest) -> DatabaseLogin:
    """Of an owner who may make scratch schemas, on each engine in turn."""
    found: DatabaseLogin = request.getfixturevalue(request.param)
    if found.engine == "mysql":
        grant(request.getfixturevalue("mariadb"), scratch_grant(found))
    return found


def grant(mariadb: EmbeddedMariaDB, statement: str) -> None:
    with mariadb.connect() as cursor:
        cursor.execute(statement)


def tables(login: DatabaseLogin) -> list[str]:
    with open_connection(login) as connection:
        return connection.introspection.table_names()


def run(login: DatabaseLogin, statement: str) -> None:
    with open_connection(login) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def test_it_is_made_once_and_dropped_with_all_it_holds(login: DatabaseLogin) -> None:
    assert may_create_scratch(login, NAME)
    assert create_scratch(login, NAME)
    assert not create_scratch(login, NAME)
    assert list_scratches(login) == [NAME]
    scratch = scratch_login(login, NAME)
    run(scratch, "CREATE TABLE users (name varchar(20) PRIMARY KEY)")
    assert tables(scratch) == ["users"]
    assert tables(login) == []

    run(login, "CREATE TABLE users (name varchar(20) PRIMARY KEY)")
    assert drop_scratch(login, NAME)
    assert not drop_scratch(login, NAME)
    assert list_scratches(login) == []
    assert tables(login) == ["users"]


def test_nothing_that_is_no_scratch_schema_is_dropped(login: DatabaseLogin) -> None:
    run(login, "CREATE TABLE users (name varchar(20) PRIMARY KEY)")
    for name in (login.name, "public", "lg_rehearsa"):
        with pytest.raises(ValueError, match="no scratch"):
            drop_scratch(login, name)
    assert tables(login) == ["users"]


def test_a_session_that_holds_on_to_it_is_waited_for_and_not_for_ever(login: DatabaseLogin) -> None:
    """As a worker that was killed leaves one, until the server notices."""
    create_scratch(login, NAME)
    scratch = scratch_login(login, NAME)
    run(scratch, "CREATE TABLE users (name varchar(20) PRIMARY KEY)")
    with open_connection(scratch) as left:
        left.set_autocommit(False)
        with left.cursor() as cursor:
            cursor.execute("INSERT INTO users VALUES ('ann')")
        with pytest.raises(ScratchInUse, match="has not let go") as raised:
            drop_scratch(login, NAME, lock_seconds=1)
        assert "worker that was killed" in raised.value.remedy
        assert list_scratches(login) == [NAME]
    assert drop_scratch(login, NAME)


# How many sessions wait for a lock.
WAITING = {
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    "mysql": "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for%'",
}


def waiting(login: DatabaseLogin) -> int:
    with open_connection(login) as connection, connection.cursor() as cursor:
        cursor.execute(WAITING[login.engine])
        return int(cursor.fetchone()[0])


def test_two_that_drop_the_same_one_at_once_both_find_it_gone(login: DatabaseLogin) -> None:
    """The beat's sweep, and a rehearsal that begins."""
    create_scratch(login, NAME)
    scratch = scratch_login(login, NAME)
    run(scratch, "CREATE TABLE users (name varchar(20) PRIMARY KEY)")
    before = waiting(login)
    with ThreadPoolExecutor() as pool:
        with open_connection(scratch) as held:
            held.set_autocommit(False)
            with held.cursor() as cursor:
                cursor.execute("INSERT INTO users VALUES ('ann')")
            both = [pool.submit(drop_scratch, login, NAME) for _ in range(2)]
            wait_until(lambda: waiting(login) >= before + 2)
            held.rollback()
        assert sorted(each.result() for each in both) == [False, True]
    assert list_scratches(login) == []


def test_a_login_without_the_right_is_seen_before_it_tries(
    database_login: DatabaseLogin, postgresql: EmbeddedPostgreSQL
) -> None:
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database_login.name}" OWNER TO {postgresql.user}')
    assert not may_create_scratch(database_login, NAME)
    assert database_login.user in scratch_grant(database_login)
    with pytest.raises(PrivilegeMissing):
        create_scratch(database_login, NAME)


def test_the_grant_can_be_pasted_whatever_the_names_are(
    postgresql: EmbeddedPostgreSQL, database_login: DatabaseLogin
) -> None:
    odd = replace(database_login, user='Trav-EU "1"')
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute('CREATE ROLE "Trav-EU ""1"""')
        try:
            connection.execute(scratch_grant(odd))
        finally:
            connection.execute(f'REVOKE CREATE ON DATABASE "{odd.name}" FROM "Trav-EU ""1"""')
            connection.execute('DROP ROLE "Trav-EU ""1"""')


@pytest.mark.parametrize(
    ("engine", "grant"),
    [
        ("db2", 'GRANT DBADM ON DATABASE TO USER "ACME-EU"'),
        ("sqlserver", "USE master; GRANT CREATE ANY DATABASE TO [acme-eu]"),
        ("mysql", r"GRANT ALL ON `lg\_rehearsal\_%`.* TO `acme-eu`@`%`"),
    ],
)
def test_names_in_the_grant_are_quoted_as_the_engine_reads_them(engine: str, grant: str) -> None:
    assert scratch_grant(DatabaseLogin(engine, "db", 1, "trav", "acme-eu", "p")) == grant


def test_on_mariadb_the_grant_that_is_named_is_what_was_missing(
    mariadb_login: DatabaseLogin, mariadb: EmbeddedMariaDB
) -> None:
    assert not may_create_scratch(mariadb_login, NAME)
    with pytest.raises(PrivilegeMissing):
        create_scratch(mariadb_login, NAME)
    # Making one is not all: it would stay, with nobody to fill or to drop it.
    grant(mariadb, rf"GRANT CREATE ON `lg\_rehearsal\_%`.* TO `{mariadb_login.user}`@`%`")
    assert not may_create_scratch(mariadb_login, NAME)
    grant(mariadb, scratch_grant(mariadb_login))
    assert may_create_scratch(mariadb_login, NAME)
    assert not may_create_scratch(mariadb_login, "lgXrehearsal_1")


def test_on_mariadb_it_compares_as_the_pools_own_database_does(
    mariadb_login: DatabaseLogin, mariadb: EmbeddedMariaDB
) -> None:
    grant(mariadb, scratch_grant(mariadb_login))
    grant(mariadb, f"ALTER DATABASE `{mariadb_login.name}` COLLATE utf8mb4_czech_ci")
    create_scratch(mariadb_login, NAME)
    scratch = scratch_login(mariadb_login, NAME)
    with open_connection(scratch) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@collation_database, @@character_set_database")
        assert cursor.fetchone() == ("utf8mb4_czech_ci", "utf8mb4")
    drop_scratch(mariadb_login, NAME)


def test_the_words_of_a_grant_cover_what_a_migration_does() -> None:
    login = DatabaseLogin("mysql", "db", 1, "traveler", "lntuser", "")
    granted = scratch_grant(login).replace("GRANT ALL ON", "GRANT ALL PRIVILEGES ON")
    assert granted_on(NAME, [granted]) == set(GRANTS_NEEDED)
    assert granted_on("traveler", [granted]) == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_its_words(engine: str) -> None:
    words = ENGINES[engine].scratch
    assert "{name}" in words.create
    assert all("{name}" in statement for statement in words.drop)
    assert words.exists.count("%s") == 1
    assert bool(words.may_create) != (words.missing is not None)
    login = DatabaseLogin(engine, "db", 1, "TRAVELER", "lntuser", "", "LNT")
    scratch = scratch_login(login, NAME)
    assert NAME in {scratch.name, scratch.schema}
    assert "lntuser" in scratch_grant(login).casefold()


def test_a_connection_that_would_work_in_the_pools_own_tables_is_refused(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where an engine lets nobody choose a schema.
    monkeypatch.setattr("pools.databases.scratch.scratch_login", lambda login, name: login)
    with pytest.raises(ScratchNotUsed, match="works in public"):
        create_scratch(database_login, NAME)
    assert drop_scratch(database_login, NAME)


class Recorder:
    """A Django connection and its driver's: writes down what it is given, and by which login."""

    def __init__(self, quote: str) -> None:
        self.reported: list[str] = []
        self.answers: dict[str, list[tuple[object, ...]]] = {}
        self.autocommit = False
        self.ops = self
        self.connection = self
        self._quote = quote
        self._answer: list[tuple[object, ...]] = []

    def quote_name(self, name: str) -> str:
        # ibm_db_django changes the case of every name.
        return self._quote.format(name.upper() if self._quote == '"{}"' else name)

    @contextmanager
    def cursor(self) -> Iterator[Recorder]:
        yield self

    def execute(self, statement: str, _: list[str] | None = None) -> None:
        if not self.autocommit and statement.startswith(("CREATE DATABASE", "DROP DATABASE")):
            raise AssertionError("SQL Server takes it outside of transactions only")
        self._answer = next(
            (rows for start, rows in self.answers.items() if statement.startswith(start)), []
        )
        if not statement.startswith("SELECT"):
            self.reported.append(statement)

    def fetchall(self) -> list[tuple[object, ...]]:
        return self._answer


@pytest.fixture
def recorder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder(request.param)

    @contextmanager
    def opened(_: DatabaseLogin) -> Iterator[Recorder]:
        yield recorder

    monkeypatch.setattr(module, "open_connection", opened)
    return recorder


@pytest.mark.parametrize("recorder", ["[{}]"], indirect=True)
def test_what_sql_server_is_reported(recorder: Recorder) -> None:
    login = DatabaseLogin("sqlserver", "db", 1, "TRAVELER", "lntuser", "")
    recorder.answers = {
        "SELECT COUNT(*) FROM sys.databases": [(0,)],
        "SELECT CONVERT(varchar(128), DATABASEPROPERTYEX": [("Latin1_General_100_CI_AS_SC_UTF8",)],
        "SELECT DB_NAME()": [(NAME,)],
        "SELECT name FROM sys.databases": [("master",), (NAME,), ("TRAVELER",)],
    }
    assert create_scratch(login, NAME)
    assert list_scratches(login) == [NAME]
    recorder.answers["SELECT COUNT(*) FROM sys.databases"] = [(1,)]
    assert drop_scratch(login, NAME)
    assert recorder.reported == [
        f"CREATE DATABASE [{NAME}] COLLATE Latin1_General_100_CI_AS_SC_UTF8",
        "SET LOCK_TIMEOUT 30000",
        f"ALTER DATABASE [{NAME}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
        f"DROP DATABASE [{NAME}]",
    ]
    recorder.answers |= {
        "SELECT COUNT(*) FROM sys.databases": [(0,)],
        "SELECT CONVERT": [("x; DROP DATABASE TRAVELER",)],
    }
    recorder.answers.pop("SELECT CONVERT(varchar(128), DATABASEPROPERTYEX")
    with pytest.raises(ScratchNotUsed, match="collation"):
        create_scratch(login, NAME)


@pytest.mark.parametrize("recorder", ['"{}"'], indirect=True)
def test_what_db2_is_reported(recorder: Recorder) -> None:
    login = DatabaseLogin("db2", "db", 1, "TRAVELER", "lntuser", "", "LNT")
    recorder.answers = {
        "SELECT COUNT(*) FROM SYSCAT.SCHEMATA": [(0,)],
        "SELECT CURRENT SCHEMA": [(f"{NAME.upper()}   ",)],
        "SELECT SCHEMANAME": [("LNT",), (f"{NAME.upper()} ",)],
        "SELECT TABNAME": [("USERS",), ('odd"name',)],
    }
    assert create_scratch(login, NAME)
    assert list_scratches(login) == [NAME.upper()]
    recorder.answers["SELECT COUNT(*) FROM SYSCAT.SCHEMATA"] = [(1,)]
    assert drop_scratch(login, NAME)
    assert recorder.reported == [
        f'CREATE SCHEMA "{NAME.upper()}"',
        "SET CURRENT LOCK TIMEOUT 30",
        f'DROP TABLE "{NAME.upper()}"."USERS"',
        f'DROP TABLE "{NAME.upper()}"."odd""name"',
        f'DROP SCHEMA "{NAME.upper()}" RESTRICT',
    ]
    recorder.answers["SELECT CURRENT SCHEMA"] = [("LNT",)]
    with pytest.raises(ScratchNotUsed, match="works in LNT"):
        create_scratch(login, NAME)
