"""A rehearsal's own schema or database beside the pool's: made, and dropped with all it holds.

Each engine has its statements in `scratch.py` of its folder. PostgreSQL's and MySQL's are run by
the tests, the latter on MariaDB; Db2's and SQL Server's were not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.databases.scratch_dialect import DATABASE

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "lg_rehearsal_"
# Nobody but a rehearsal works there; what is still locked is held by what a worker left behind.
LOCK_SECONDS = 30
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


def scratch_login(login: DatabaseLogin, name: str) -> DatabaseLogin:
    """The same login, at work in the scratch schema."""
    if ENGINES[login.engine].scratch.place == DATABASE:
        return replace(login, name=name, schema="")
    return replace(login, schema=name)


def scratch_grant(login: DatabaseLogin) -> str:
    """What a DBA runs so that this login may make one."""
    dialect = ENGINES[login.engine].scratch
    return dialect.grant.format(
        user=dialect.quoted(login.user), database=dialect.quoted(login.name)
    )


def may_create_scratch(login: DatabaseLogin, name: str) -> bool:
    """Whether the login may make one and do in it what a migration does. Asks, and creates nothing.

    Raises a DatabaseError.
    """
    dialect = ENGINES[login.engine].scratch
    with _opened(login) as connection:
        if dialect.missing is None:
            return _is_so(connection, dialect.may_create, [])
        with connection.cursor() as cursor:
            return not dialect.missing(cursor, name)


def list_scratches(login: DatabaseLogin) -> list[str]:
    """The names of all that there are, as far as this login sees: other rehearsals' too, and on
    engines where they are databases also those of other pools. Raises a DatabaseError."""
    with _opened(login) as connection:
        names = [
            str(name).strip()
            for name in _column(connection, ENGINES[login.engine].scratch.listed, [])
        ]
    return sorted(name for name in names if name.casefold().startswith(PREFIX))


def create_scratch(login: DatabaseLogin, name: str) -> bool:
    """Make it, with the pool's own collation; False when it is there already.

    Raises ScratchNotUsed when a connection would work elsewhere all the same: the pool's own
    tables are never taken for it. Raises another DatabaseError as ever.
    """
    dialect = ENGINES[login.engine].scratch
    with _opened(login) as connection:
        made = not _is_so(connection, dialect.exists, [name])
        if made:
            like = str(_answer(connection, dialect.like, [])) if dialect.like else ""
            if dialect.like and not COLLATION.fullmatch(like):
                raise ScratchNotUsed(f"The collation of {login.name} is not known ({like}).")
            _run(connection, dialect.create, name, like=like)
    with _opened(scratch_login(login, name)) as connection:
        place = str(_answer(connection, dialect.where, []) or "")
    if place.strip().casefold() != name.casefold():
        raise ScratchNotUsed(f"A connection meant for {name} works in {place or 'nothing'}.")
    return made


def drop_scratch(login: DatabaseLogin, name: str, *, lock_seconds: int = LOCK_SECONDS) -> bool:
    """Drop it with all it holds; False when it is not there, or somebody else has dropped it.

    Raises ScratchInUse when somebody holds a lock in there for as long, or another DatabaseError;
    ValueError for a name that is no scratch schema's.
    """
    if not name.casefold().startswith(PREFIX):
        raise ValueError(f"{name} is no scratch schema.")
    dialect = ENGINES[login.engine].scratch
    try:
        with _opened(login) as connection:
            if not _is_so(connection, dialect.exists, [name]):
                return False
            _run(connection, dialect.lock_timeout, name, seconds=lock_seconds)
            if dialect.tables:
                # By their full names: whatever this connection works in.
                for table in _column(connection, dialect.tables, [name]):
                    _run(connection, "DROP TABLE {name}.{table}", name, table=_exactly(table))
            for statement in dialect.drop:
                _run(connection, statement, name)
    except DatabaseError as error:
        if error.code not in dialect.busy:
            # The beat's sweep and a rehearsal that begins look for the same: both may drop it.
            if not error.is_transient and not _is_there(login, name):
                return False
            raise
        raise ScratchInUse(
            f"Another session holds a lock in {name}, and has not let go for {lock_seconds} s.",
            code=error.code,
        ) from None
    return True


def _is_there(login: DatabaseLogin, name: str) -> bool:
    with _opened(login) as connection:
        return _is_so(connection, ENGINES[login.engine].scratch.exists, [name])


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
        if ENGINES[login.engine].scratch.driver_commits:
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
