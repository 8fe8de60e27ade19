"""Room of its own in a pool's database, for a rehearsal: made, and dropped with all it holds.

What differs between engines is words. PostgreSQL's are run by the tests, MySQL's were run on
MariaDB; Db2's and SQL Server's were not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.states import Engine

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class ScratchWords:
    """How one engine says it.

    `create` and `drop` take {name}, quoted; `exists` has one parameter, the name, and
    `may_create` none or one: both answer with a number that is not 0 for yes. `where` answers with
    the place that a connection works in. `grant` is for the DBA and takes {user} and {database}.
    Without `drops_content` the tables go one by one first.
    """

    place: str
    create: str
    drop: str
    exists: str
    may_create: str
    where: str
    grant: str
    drops_content: bool = False


SCHEMA, DATABASE = "schema", "database"


class ScratchNotUsed(DatabaseError):
    """A connection cannot be made to work in the scratch schema."""

    remedy = "Move without a rehearsal: this console cannot keep one apart in that database."


WORDS: dict[str, ScratchWords] = {
    Engine.POSTGRESQL: ScratchWords(
        place=SCHEMA,
        create="CREATE SCHEMA {name}",
        drop="DROP SCHEMA {name} CASCADE",
        exists="SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s",
        may_create=(
            "SELECT has_database_privilege(current_user, current_database(), 'CREATE')::int"
        ),
        where="SELECT current_schema()",
        grant="GRANT CREATE ON DATABASE {database} TO {user}",
        drops_content=True,
    ),
    # Whoever is no administrator may only make a schema of the login's own name.
    Engine.DB2: ScratchWords(
        place=SCHEMA,
        create="CREATE SCHEMA {name}",
        drop="DROP SCHEMA {name} RESTRICT",
        exists="SELECT COUNT(*) FROM SYSCAT.SCHEMATA WHERE UPPER(SCHEMANAME) = UPPER(%s)",
        may_create=(
            "SELECT COUNT(*) FROM TABLE("
            "SYSPROC.AUTH_LIST_AUTHORITIES_FOR_AUTHID(CURRENT USER, 'U')) AS a "
            "WHERE a.AUTHORITY = 'DBADM' AND 'Y' IN (a.D_USER, a.D_GROUP, a.D_PUBLIC, "
            "a.ROLE_USER, a.ROLE_GROUP, a.ROLE_PUBLIC)"
        ),
        where="SELECT CURRENT SCHEMA FROM SYSIBM.SYSDUMMY1",
        grant="GRANT DBADM ON DATABASE TO USER {user}",
    ),
    # A connection works in its login's default schema and cannot choose another; in a database
    # that the login made itself, that is a schema of its own.
    Engine.SQLSERVER: ScratchWords(
        place=DATABASE,
        create="CREATE DATABASE {name}",
        drop="DROP DATABASE {name}",
        exists="SELECT COUNT(*) FROM sys.databases WHERE name = %s",
        may_create="SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'CREATE ANY DATABASE')",
        where="SELECT DB_NAME()",
        grant="USE master; GRANT CREATE ANY DATABASE TO {user}",
        drops_content=True,
    ),
    # MySQL's schemas are databases (domain.md 4).
    Engine.MYSQL: ScratchWords(
        place=DATABASE,
        create="CREATE DATABASE {name} CHARACTER SET utf8mb4",
        drop="DROP DATABASE {name}",
        exists="SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s",
        may_create=(
            "SELECT (SELECT COUNT(*) FROM information_schema.user_privileges "
            "WHERE privilege_type = 'CREATE') + (SELECT COUNT(*) FROM "
            "information_schema.schema_privileges "
            "WHERE privilege_type = 'CREATE' AND %s LIKE table_schema)"
        ),
        where="SELECT DATABASE()",
        grant=r"GRANT ALL ON `lg\_rehearsal\_%`.* TO {user}",
        drops_content=True,
    ),
}


def scratch_login(login: DatabaseLogin, name: str) -> DatabaseLogin:
    """The same login, at work in the scratch schema."""
    if WORDS[login.engine].place == DATABASE:
        return replace(login, name=name, schema="")
    return replace(login, schema=name)


def scratch_grant(login: DatabaseLogin) -> str:
    """What a DBA runs so that this login may make one."""
    return WORDS[login.engine].grant.format(user=login.user, database=login.name)


def may_create_scratch(login: DatabaseLogin, name: str) -> bool:
    """Asks, and creates nothing. Raises a DatabaseError."""
    question = WORDS[login.engine].may_create
    with _opened(login) as connection:
        return _is_so(connection, question, [name] if "%s" in question else [])


def create_scratch(login: DatabaseLogin, name: str) -> bool:
    """Make it; False when it is there already.

    Raises ScratchNotUsed when a connection would work elsewhere all the same: the pool's own
    tables are never taken for it. Raises another DatabaseError as ever.
    """
    words = WORDS[login.engine]
    with _opened(login) as connection:
        made = not _is_so(connection, words.exists, [name])
        if made:
            _run(connection, words.create, name)
    with _opened(scratch_login(login, name)) as connection:
        place = str(_answer(connection, words.where, []) or "")
    if place.strip().casefold() != name.casefold():
        raise ScratchNotUsed(f"A connection meant for {name} works in {place or 'nothing'}.")
    return made


def drop_scratch(login: DatabaseLogin, name: str) -> bool:
    """Drop it with all it holds; False when it is not there. Raises a DatabaseError."""
    words = WORDS[login.engine]
    with _opened(login) as connection:
        if not _is_so(connection, words.exists, [name]):
            return False
        if not words.drops_content:
            _drop_tables(scratch_login(login, name))
        _run(connection, words.drop, name)
    return True


def _drop_tables(login: DatabaseLogin) -> None:
    with _opened(login) as connection:
        for table in connection.introspection.table_names():
            _run(connection, "DROP TABLE {name}", table)


@contextmanager
def _opened(login: DatabaseLogin) -> Iterator[BaseDatabaseWrapper]:
    engine = ENGINES[login.engine]
    with (
        open_connection(login) as connection,
        engine.translated_errors(login.host, login.port, login.name),
    ):
        yield connection


def _is_so(connection: BaseDatabaseWrapper, question: str, parameters: list[str]) -> bool:
    return bool(_answer(connection, question, parameters))


def _answer(connection: BaseDatabaseWrapper, question: str, parameters: list[str]) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters or None)
        row = cursor.fetchone()
    return row[0] if row else None


def _run(connection: BaseDatabaseWrapper, statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(name=connection.ops.quote_name(name)))
