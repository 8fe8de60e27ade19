"""Creates and upgrades the pool store's tables on a managed database.

Works on a connection that is not in `settings.DATABASES`. The level is kept in the table
`schema_level`, which plain SQL can read:

    SELECT MAX(level) FROM schema_level WHERE operations_done = operations_total

Every operation is committed with its progress, so that a run which died is continued, also
where DDL is not transactional: there a table that already exists is the dead run's work.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, CreateModel

from pools.store.router import STORE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.migrations import Migration
    from django.db.migrations.operations.base import Operation
    from django.db.migrations.state import ProjectState

LEVEL_TABLE = "schema_level"
REQUIRED_LEVEL = "0001_initial"


class UnknownLevel(ValueError):
    """The schema has no such level."""


def schema_level(connection: BaseDatabaseWrapper) -> str | None:
    """The highest complete level of the database, or None when it has no store tables."""
    complete = [level for level, (done, total) in _progress(connection).items() if done == total]
    return max(complete, default=None)


def apply_schema(connection: BaseDatabaseWrapper) -> list[str]:
    """Bring the database to `REQUIRED_LEVEL`; returns the levels worked on, [] when none was."""
    progress = _progress(connection)
    worked_on = []
    for migration, state in _migrations():
        done, total = progress.get(migration.name, (0, len(migration.operations)))
        if done < total:
            _apply_migration(connection, migration, state, done)
            worked_on.append(migration.name)
    return worked_on


def schema_sql(connection: BaseDatabaseWrapper, from_level: str | None = None) -> list[str]:
    """The statements for a DBA, from `from_level` (None: an empty database) to the required one.

    Needs no server for the engines whose backend can write DDL without one. Raises UnknownLevel.
    """
    migrations = list(_migrations())
    levels = [migration.name for migration, _state in migrations]
    if from_level is not None and from_level not in levels:
        raise UnknownLevel(f"There is no level {from_level}. Known levels: {', '.join(levels)}.")
    statements: list[str] = []
    for migration, state in migrations:
        if from_level is not None and migration.name <= from_level:
            continue
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            for operation, before, after in _steps(migration, state):
                _unrouted(operation).database_forwards(STORE_LABEL, editor, before, after)
        statements += editor.collected_sql
        total = len(migration.operations)
        statements.append(_level_row_sql(connection) % (f"'{migration.name}'", total, total) + ";")
    return statements


def _apply_migration(
    connection: BaseDatabaseWrapper, migration: Migration, state: ProjectState, done: int
) -> None:
    total = len(migration.operations)
    for number, (operation, before, after) in enumerate(_steps(migration, state)):
        if number < done:
            continue
        with _one_commit(connection):
            # Recorded when the editor has run all it put off, lest a kill between the two lose it.
            with connection.schema_editor(atomic=False) as editor:
                if not _already_there(connection, operation, after):
                    _unrouted(operation).database_forwards(STORE_LABEL, editor, before, after)
            _record(connection, migration.name, number + 1, total)


@contextmanager
def _one_commit(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """All or nothing where DDL is transactional; elsewhere each statement commits by itself.

    `transaction.atomic`, which a schema editor takes by itself, wants an alias of
    `settings.DATABASES`; this connection has none.
    """
    if not connection.features.can_rollback_ddl:
        yield
        return
    connection.set_autocommit(False)
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.set_autocommit(True)


def _already_there(
    connection: BaseDatabaseWrapper, operation: Operation, state: ProjectState
) -> bool:
    """Whether a run that died did this, but had no transaction to keep both DDL and progress."""
    if isinstance(operation, CreateModel):
        table = state.models[STORE_LABEL, operation.name_lower].options["db_table"]
        return table in _table_names(connection)
    if isinstance(operation, AddIndex):
        table = state.models[STORE_LABEL, operation.model_name_lower].options["db_table"]
        with connection.cursor() as cursor:
            indexes = connection.introspection.get_constraints(cursor, table)
        return operation.index.name.lower() in {name.lower() for name in indexes}
    return False


def _unrouted(operation: Operation) -> Operation:
    """A copy that asks neither `settings.DATABASES` nor its routers whether it may run."""
    unrouted = copy.copy(operation)
    unrouted.__dict__["allow_migrate_model"] = lambda alias, model: True
    return unrouted


def _steps(
    migration: Migration, state: ProjectState
) -> Iterator[tuple[Operation, ProjectState, ProjectState]]:
    """Each operation with the state before and after it."""
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(STORE_LABEL, after)
        yield operation, state, after
        state = after


def _migrations() -> Iterator[tuple[Migration, ProjectState]]:
    """The store's migrations in order, each with the state before it."""
    loader = MigrationLoader(None)
    for key in sorted(key for key in loader.graph.nodes if key[0] == STORE_LABEL):
        yield loader.graph.nodes[key], loader.project_state(key, at_end=False)


def _table_names(connection: BaseDatabaseWrapper) -> set[str]:
    return {name.lower() for name in connection.introspection.table_names()}


def _progress(connection: BaseDatabaseWrapper) -> dict[str, tuple[int, int]]:
    if LEVEL_TABLE not in _table_names(connection):
        return {}
    quoted = connection.ops.quote_name(LEVEL_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT level, operations_done, operations_total FROM {quoted}")  # noqa: S608
        return {level: (done, total) for level, done, total in cursor.fetchall()}


def _record(connection: BaseDatabaseWrapper, level: str, done: int, total: int) -> None:
    quoted = connection.ops.quote_name(LEVEL_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted} SET operations_done = %s WHERE level = %s",  # noqa: S608
            [done, level],
        )
        if cursor.rowcount == 0:
            cursor.execute(_level_row_sql(connection), [level, done, total])


def _level_row_sql(connection: BaseDatabaseWrapper) -> str:
    return (
        f"INSERT INTO {connection.ops.quote_name(LEVEL_TABLE)}"  # noqa: S608
        " (level, operations_done, operations_total) VALUES (%s, %s, %s)"
    )
