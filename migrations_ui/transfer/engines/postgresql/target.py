"""A PostgreSQL target: COPY in, COPY out, and transactions that carry the checkpoint.

Chunks are committed asynchronously: a crash of the server may lose the last chunks, rows and
checkpoint together, and they are copied again. The end of a table is committed durably.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, cast

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, sql

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.base import Sink, Spare
from migrations_ui.transfer.engines.key_deferral import KeyDeferral, keys_to_defer
from migrations_ui.transfer.engines.pgcopy import HEADER, TRAILER, RowEncoder
from migrations_ui.transfer.engines.postgresql import (
    catalog,
    copy_out,
    index_trial,
    keys_progress,
    obstacles,
    staging,
)
from migrations_ui.transfer.engines.postgresql.errors import translate
from migrations_ui.transfer.engines.postgresql.grammar import PostgreSQLGrammar
from migrations_ui.transfer.engines.references import count_dangling, rewrite_in_place
from migrations_ui.transfer.errors import TargetDriverFailed, TargetError, TargetRefused
from migrations_ui.transfer.obstacles import IndexLimit, NameLimit, TargetProblem
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    DifferenceKind,
    ForeignKey,
    RowDifference,
    TablePlan,
    TargetTable,
)
from pools.databases.connection import DatabaseLogin, open_connection

SORT_MEMORY = "256MB"
# A limit meant for applications must not end a chunk. Not every version has them all.
LIMITS_OFF = """
    SELECT set_config(name, '0', false)
      FROM pg_settings
     WHERE name IN ('statement_timeout', 'transaction_timeout',
                    'idle_in_transaction_session_timeout')
"""
# A killed worker's session ends soon, instead of making a key to its end while its successor waits.
NOTICE_THE_DEAD = "SET client_connection_check_interval = '5s'"


@contextmanager
def open_target(
    login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS
) -> Iterator[PostgreSQLTarget]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login) as backend:
        target = PostgreSQLTarget(backend)
        target.execute("SET synchronous_commit = off")
        target.execute(f"SET lock_timeout = '{lock_seconds}s'")
        target.execute(LIMITS_OFF)
        # Windows cannot.
        with suppress(TargetRefused):
            target.execute(NOTICE_THE_DEAD)
        yield target


class PostgreSQLTarget:
    """See `loaders.base.Target`."""

    control_suffix = ""
    grammar = PostgreSQLGrammar()
    name_limit = NameLimit(63, "bytes")
    row_syntax = RowSyntax.PGCOPY
    back_syntax = BackSyntax.PGCOPY
    aside = KeyDeferral.DROPPED
    checks_by_statement = True
    session_marks = session_marks.POSTGRESQL
    remark = ""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        self.backend = backend
        self._connection: psycopg.Connection[Any] = backend.connection

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self._connection)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        with self._translated():
            return tuple(catalog.read_foreign_keys(self._connection))

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        return obstacles.read_obstacles(
            self.execute(obstacles.RELATIONS),
            self.execute(obstacles.SEQUENCES),
            str(self.backend.settings_dict["USER"]),
        )

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        return obstacles.read_index_limits(self.execute(obstacles.INDEXES))

    def refused_by_index(
        self, table: TablePlan, limit: IndexLimit, write: Callable[[Sink], None], *, most: int
    ) -> list[tuple[Any, ...]] | None:
        if not limit.plain:
            return None
        with self.transaction():
            with self.stage(table, index_trial.STAGED) as sink:
                write(sink)
            return index_trial.refused(self._connection, table, limit, most=most)

    def pinned(self, table: str) -> TargetTable | None:
        # The lock that COPY takes as well: whoever alters the table waits for its end.
        lock = sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE").format(sql.Identifier(table))
        with self._translated():
            try:
                self._connection.execute(lock)
            except errors.UndefinedTable:
                return None
            return catalog.read_table(self._connection, table)

    def who_locks(self, table: str) -> str:
        with self._translated():
            holders = catalog.lock_holders(self._connection, table)
        if not holders:
            return "Who it was is not to be seen: it has let go since. Retry."
        return f"Locks on it now: {'; '.join(holders)}. Have them end, then retry."

    def table_names(self) -> frozenset[str]:
        rows = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return frozenset(name.casefold() for (name,) in rows)

    def table_bytes(self) -> dict[str, int]:
        return dict(self.execute(catalog.BYTES))

    @contextmanager
    def apart(self, *names: str, quiet: str) -> Iterator[Mapping[str, str]]:
        with self.transaction():
            # In the order in which a chunk takes its locks, so that each waits for the other once.
            for name in dict.fromkeys((quiet, *names)):
                self.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
            yield {name: name for name in names}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._translated(), self._connection.transaction():
            yield

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        with self._asking():
            # Without parameters, a percent sign stays one.
            cursor = self._connection.execute(statement, parameters or None)
            if cursor.description is None:
                return []
            return cursor.fetchall() if most is None else cursor.fetchmany(most)

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        with self._asking():
            return self._connection.execute(statement, parameters or None).rowcount

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._asking(), self._connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    def is_empty(self, table: str) -> bool:
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        return self._rows(query) == [(False,)]

    @contextmanager
    def load(self, table: TablePlan) -> Iterator[Sink]:
        with self._copy_into(table.name, table) as sink:
            yield sink

    def staging(self, table: TablePlan, *names: str) -> AbstractContextManager[None]:
        """Nothing to do: temporary tables are made in the transaction, and end with it."""
        return nullcontext()

    @contextmanager
    def staging_held(
        self, table: TablePlan, name: str, lock_position: Callable[[], object]
    ) -> Iterator[None]:
        with self.staging(table, name), self.transaction():
            lock_position()
            yield

    @contextmanager
    def stage(self, table: TablePlan, name: str) -> Iterator[Sink]:
        self._count(staging.drop(name))
        self._count(staging.create(table, name))
        with self._copy_into(name, table) as sink:
            yield sink

    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        encoder = RowEncoder([column.form for column in table.columns])
        with self.stage(table, name) as sink:
            for row in rows:
                sink.write(memoryview(encoder.encode(row)))

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        if not table.key:
            self._count(staging.insert(table, name))
            return []
        return self._rows(staging.insert_unless_there(table, name))

    def delete_staged(self, table: TablePlan, name: str) -> int:
        return self._count(staging.delete(table, name))

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        self._count(staging.subtract(table, name, other))

    def discard_staged(self, name: str, statement: str) -> int:
        return self.change(statement)

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        self._count(staging.drop_equal(table, name))
        if spare is not None:
            spare()
        if any(key.parent == table.name for key in self.foreign_keys()):
            return rewrite_in_place(self, table, name)
        self._count(staging.delete(table, name))
        return self._count(staging.insert(table, name))

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        rows = self._rows(staging.compare(table, name, other, both_ways=both_ways, limit=limit))
        differences = [
            RowDifference(key, DifferenceKind(kind), tuple(columns))
            for key, kind, columns, _ in rows
        ]
        return differences, rows[0][3] if rows else 0

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)").format(
            staging.names(table.column_names), sql.Identifier(table.name)
        )
        with self._translated():
            yield from copy_out.blocks(self._connection, query)

    def defer_keys(self, table: TablePlan) -> list[tuple[str, str]]:
        with self._translated():
            deferred = catalog.deferrable_indexes(self._connection, table)
            for _, drop, _ in deferred:
                self._connection.execute(drop)
            return [(name, restore.as_string(self._connection)) for name, _, restore in deferred]

    def restore_keys(self, statements: Sequence[str]) -> None:
        if statements:
            # This transaction's own: what was dropped is not to be missing after a crash of the
            # server, when nobody comes to put it back; a sort that does not fit is half as slow
            # again.
            self.execute("SET LOCAL synchronous_commit = on")
            self.execute(f"SET LOCAL maintenance_work_mem = '{SORT_MEMORY}'")
            # What has a table space of its own is not dropped; a login's usual one is no part of
            # a definition either.
            self.execute("SET LOCAL default_tablespace = ''")
        with self._translated():
            for statement in statements:
                # No parameters, so that a percent sign in a definition stays one.
                self._connection.execute(statement)

    def keys_part(self, table: str) -> float:
        rows = self.execute(keys_progress.ASKED, [table])
        return max((keys_progress.part_done(*row) for row in rows), default=0.0)

    def defer(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Dropped: what no order satisfies can be switched off by a superuser only."""
        with self._translated():
            found = catalog.read_foreign_keys(self._connection)
        keys = keys_to_defer(
            *(self.aside, table, found), alone=alone, by_statement=self.checks_by_statement
        )
        aside: list[tuple[str, list[str]]] = []
        for key in keys:
            definition = found[key]
            it = sql.Identifier(table.name), sql.Identifier(key.name)
            self._count(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*it))
            restoring = [
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    *it, sql.SQL(definition.constraint)
                )
            ]
            if definition.comment is not None:
                restoring.append(
                    sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}").format(
                        *reversed(it), sql.Literal(definition.comment)
                    )
                )
            # One that never held for all rows comes back as it was.
            counting = [count_dangling(key, self.grammar.quote)] if definition.valid else []
            statements = [each.as_string(self._connection) for each in restoring]
            aside.append((key.name, [*counting, *statements]))
        return aside

    def unchecked(self) -> AbstractContextManager[None]:
        """Nothing to do: a foreign key that is deferred is not there."""
        return nullcontext()

    def finish_load(self, table: TablePlan) -> None:
        with self._translated():
            self._connection.execute("SET LOCAL synchronous_commit = on")
            catalog.advance_sequences(self._connection, table.name)

    @contextmanager
    def _copy_into(self, name: str, table: TablePlan) -> Iterator[Sink]:
        query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
            sql.Identifier(name), staging.names(table.column_names)
        )
        with (
            self._translated(),
            self._connection.cursor() as cursor,
            cursor.copy(query) as copy,
        ):
            copy.write(HEADER)
            yield cast("Sink", copy)
            copy.write(TRAILER)

    def _rows(self, query: sql.Composed) -> list[tuple[Any, ...]]:
        with self._asking():
            return self._connection.execute(query).fetchall()

    def _count(self, statement: sql.Composed) -> int:
        with self._asking():
            return self._connection.execute(statement).rowcount

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """May be around what callers do."""
        try:
            yield
        except psycopg.Error as error:
            raise translate(error, broken=self._connection.broken) from None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Around calls of the driver alone, which may raise more than it documents."""
        try:
            with self._translated():
                yield
        except TargetError:
            raise
        except Exception as error:  # noqa: BLE001  text that is none, a date that is none …
            raise TargetDriverFailed(error) from None
