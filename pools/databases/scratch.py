"""Room of its own in a pool's database, for a rehearsal: made, and dropped with all it holds.

What differs between engines is words. PostgreSQL's and MySQL's are run by the tests, the latter on
MariaDB; Db2's and SQL Server's were not run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pools.databases import mysql
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.databases.quoting import backticked, bracketed, double_quoted
from pools.states import Engine

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

PREFIX = "lg_rehearsal_"
# Nobody but a rehearsal works there; what is still locked is held by what a worker left behind.
LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class ScratchDialect:
    """How one engine says it.

    `create` and `drop` take {name}, quoted; `create` also {like}, which `like` answers with for the
    pool's own database. `exists` has one parameter, the name, and answers with a number that is not
    0 for yes; so does `may_create`, which has none, unless `missing` tells what the login lacks in
    a database of that name. `listed` gives the names of all such places, `where` the one that a
    connection works in. `grant` is for the DBA and takes {user} and {database}, each through
    `quoted`. `patience` takes {seconds}, `busy` are the codes of a lock that did not come in that
    time. With `tables`, asked as `exists` is, the tables in there go one by one first.
    """

    place: str
    create: str
    drop: tuple[str, ...]
    exists: str
    listed: str
    where: str
    grant: str
    quoted: Callable[[str], str]
    patience: str
    busy: frozenset[str]
    may_create: str = ""
    missing: Callable[[CursorWrapper, str], list[str]] | None = None
    like: str = ""
    tables: str = ""
    # Django's backend leaves the driver in a transaction of which it knows nothing.
    driver_commits: bool = False


SCHEMA, DATABASE = "schema", "database"
COLLATION = re.compile(r"\w+")


class ScratchNotUsed(DatabaseError):
    """A connection cannot be made to work in the scratch schema."""

    remedy = "Migrate without a rehearsal: this console cannot keep one apart in that database."


class ScratchInUse(DatabaseError):
    """Another session holds something in the scratch schema."""

    remedy = (
        "It may be what is left of a worker that was killed; the server ends that by itself after "
        "a while. Go on then, or have the DBA end the session."
    )


WORDS: dict[str, ScratchDialect] = {
    Engine.POSTGRESQL: ScratchDialect(
        place=SCHEMA,
        create="CREATE SCHEMA {name}",
        drop=("DROP SCHEMA {name} CASCADE",),
        exists="SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s",
        listed="SELECT nspname FROM pg_namespace",
        may_create=(
            "SELECT has_database_privilege(current_user, current_database(), 'CREATE')::int"
        ),
        where="SELECT current_schema()",
        grant="GRANT CREATE ON DATABASE {database} TO {user}",
        quoted=double_quoted,
        patience="SET lock_timeout = '{seconds}s'",
        busy=frozenset({"55P03"}),
    ),
    # Whoever is no administrator may only make a schema of the login's own name.
    Engine.DB2: ScratchDialect(
        place=SCHEMA,
        create="CREATE SCHEMA {name}",
        drop=("DROP SCHEMA {name} RESTRICT",),
        exists="SELECT COUNT(*) FROM SYSCAT.SCHEMATA WHERE UPPER(SCHEMANAME) = UPPER(%s)",
        listed="SELECT SCHEMANAME FROM SYSCAT.SCHEMATA",
        may_create=(
            "SELECT COUNT(*) FROM TABLE("
            "SYSPROC.AUTH_LIST_AUTHORITIES_FOR_AUTHID(CURRENT USER, 'U')) AS a "
            "WHERE a.AUTHORITY = 'DBADM' AND 'Y' IN (a.D_USER, a.D_GROUP, a.D_PUBLIC, "
            "a.ROLE_USER, a.ROLE_GROUP, a.ROLE_PUBLIC)"
        ),
        where="SELECT CURRENT SCHEMA FROM SYSIBM.SYSDUMMY1",
        grant="GRANT DBADM ON DATABASE TO USER {user}",
        # A login's name is kept in capitals there.
        quoted=lambda name: double_quoted(name.upper()),
        patience="SET CURRENT LOCK TIMEOUT {seconds}",
        busy=frozenset({"SQL0911N", "SQL0913N"}),
        tables=(
            "SELECT TABNAME FROM SYSCAT.TABLES WHERE UPPER(TABSCHEMA) = UPPER(%s) AND TYPE = 'T'"
        ),
    ),
    # A connection works in its login's default schema and cannot choose another; in a database
    # that the login made itself, that is a schema of its own. The driver keeps connections that
    # were closed for the next one, and a database with any is not dropped.
    Engine.SQLSERVER: ScratchDialect(
        place=DATABASE,
        create="CREATE DATABASE {name} COLLATE {like}",
        drop=(
            "ALTER DATABASE {name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
            "DROP DATABASE {name}",
        ),
        exists="SELECT COUNT(*) FROM sys.databases WHERE name = %s",
        listed="SELECT name FROM sys.databases",
        may_create="SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'CREATE ANY DATABASE')",
        where="SELECT DB_NAME()",
        grant="USE master; GRANT CREATE ANY DATABASE TO {user}",
        quoted=bracketed,
        patience="SET LOCK_TIMEOUT {seconds}000",
        busy=frozenset({"1222", "3702"}),
        like="SELECT CONVERT(varchar(128), DATABASEPROPERTYEX(DB_NAME(), 'Collation'))",
        driver_commits=True,
    ),
    # MySQL's schemas are databases (domain.md 4). A collation implies its character set.
    Engine.MYSQL: ScratchDialect(
        place=DATABASE,
        create="CREATE DATABASE {name} COLLATE {like}",
        drop=("DROP DATABASE {name}",),
        exists="SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s",
        listed="SELECT schema_name FROM information_schema.schemata",
        missing=mysql.missing_on,
        where="SELECT DATABASE()",
        grant=r"GRANT ALL ON `lg\_rehearsal\_%`.* TO {user}@`%`",
        quoted=backticked,
        patience="SET SESSION lock_wait_timeout = {seconds}",
        busy=frozenset({"1205"}),
        like="SELECT @@collation_database",
    ),
}


def scratch_login(login: DatabaseLogin, name: str) -> DatabaseLogin:
    """The same login, at work in the scratch schema."""
    if WORDS[login.engine].place == DATABASE:
        return replace(login, name=name, schema="")
    return replace(login, schema=name)


def scratch_grant(login: DatabaseLogin) -> str:
    """What a DBA runs so that this login may make one."""
    words = WORDS[login.engine]
    return words.grant.format(user=words.quoted(login.user), database=words.quoted(login.name))


def may_create_scratch(login: DatabaseLogin, name: str) -> bool:
    """Whether the login may make one and do in it what a migration does. Asks, and creates nothing.

    Raises a DatabaseError.
    """
    words = WORDS[login.engine]
    with _opened(login) as connection:
        if words.missing is None:
            return _is_so(connection, words.may_create, [])
        with connection.cursor() as cursor:
            return not words.missing(cursor, name)


def list_scratches(login: DatabaseLogin) -> list[str]:
    """The names of all that there are, as far as this login sees: other rehearsals' too, and on
    engines where they are databases also those of other pools. Raises a DatabaseError."""
    with _opened(login) as connection:
        names = [str(name).strip() for name in _column(connection, WORDS[login.engine].listed, [])]
    return sorted(name for name in names if name.casefold().startswith(PREFIX))


def create_scratch(login: DatabaseLogin, name: str) -> bool:
    """Make it, with the pool's own collation; False when it is there already.

    Raises ScratchNotUsed when a connection would work elsewhere all the same: the pool's own
    tables are never taken for it. Raises another DatabaseError as ever.
    """
    words = WORDS[login.engine]
    with _opened(login) as connection:
        made = not _is_so(connection, words.exists, [name])
        if made:
            like = str(_answer(connection, words.like, [])) if words.like else ""
            if words.like and not COLLATION.fullmatch(like):
                raise ScratchNotUsed(f"The collation of {login.name} is not known ({like}).")
            _run(connection, words.create, name, like=like)
    with _opened(scratch_login(login, name)) as connection:
        place = str(_answer(connection, words.where, []) or "")
    if place.strip().casefold() != name.casefold():
        raise ScratchNotUsed(f"A connection meant for {name} works in {place or 'nothing'}.")
    return made


def drop_scratch(login: DatabaseLogin, name: str, *, lock_seconds: int = LOCK_SECONDS) -> bool:
    """Drop it with all it holds; False when it is not there.

    Raises ScratchInUse when somebody holds a lock in there for as long, or another DatabaseError;
    ValueError for a name that is no scratch schema's.
    """
    if not name.casefold().startswith(PREFIX):
        raise ValueError(f"{name} is no scratch schema.")
    words = WORDS[login.engine]
    try:
        with _opened(login) as connection:
            if not _is_so(connection, words.exists, [name]):
                return False
            _run(connection, words.patience, name, seconds=lock_seconds)
            if words.tables:
                # By their full names: whatever this connection works in.
                for table in _column(connection, words.tables, [name]):
                    _run(connection, "DROP TABLE {name}.{table}", name, table=_exactly(table))
            for statement in words.drop:
                _run(connection, statement, name)
    except DatabaseError as error:
        if error.code not in words.busy:
            raise
        raise ScratchInUse(
            f"Another session holds a lock in {name}, and has not let go for {lock_seconds} s.",
            code=error.code,
        ) from None
    return True


def _exactly(name: object) -> str:
    """As the catalogue has it: Django's backend would change its case."""
    escaped = str(name).replace('"', '""')
    return f'"{escaped}"'


@contextmanager
def _opened(login: DatabaseLogin) -> Iterator[BaseDatabaseWrapper]:
    engine = ENGINES[login.engine]
    with (
        open_connection(login) as connection,
        engine.translated_errors(login.host, login.port, login.name),
    ):
        if WORDS[login.engine].driver_commits:
            connection.connection.autocommit = True
        yield connection


def _is_so(connection: BaseDatabaseWrapper, question: str, parameters: list[str]) -> bool:
    return bool(_answer(connection, question, parameters))


def _answer(connection: BaseDatabaseWrapper, question: str, parameters: list[str]) -> object:
    return next(iter(_column(connection, question, parameters)), None)


def _column(connection: BaseDatabaseWrapper, question: str, parameters: list[str]) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters or None)
        return [row[0] for row in cursor.fetchall()]


def _run(connection: BaseDatabaseWrapper, statement: str, name: str, **more: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(name=connection.ops.quote_name(name), **more))
