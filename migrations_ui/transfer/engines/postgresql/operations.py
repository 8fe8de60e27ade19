"""Rows into, within and out of a PostgreSQL target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, cast

from psycopg import sql

from migrations_ui.transfer.engines.operations import Operations, Sink, Spare
from migrations_ui.transfer.engines.pgcopy import HEADER, TRAILER, RowEncoder
from migrations_ui.transfer.engines.postgresql import (
    catalog,
    copy_out,
    index_trial,
    staging_sql,
)
from migrations_ui.transfer.engines.postgresql.introspection import PostgreSQLIntrospection
from migrations_ui.transfer.engines.postgresql.session import PostgreSQLSession
from migrations_ui.transfer.engines.references import rewrite_in_place
from migrations_ui.transfer.obstacles import IndexLimit
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    DifferenceKind,
    RowDifference,
    TablePlan,
)


class PostgreSQLOperations(Operations):
    """Binary COPY in and out; staging in temporary tables."""

    session: PostgreSQLSession
    introspection: PostgreSQLIntrospection
    row_syntax = RowSyntax.PGCOPY
    back_syntax = BackSyntax.PGCOPY

    def refused_by_index(
        self, table: TablePlan, limit: IndexLimit, write: Callable[[Sink], None], *, most: int
    ) -> list[tuple[Any, ...]] | None:
        if not limit.plain:
            return None
        with self.session.transaction():
            with self.stage(table, index_trial.STAGED) as sink:
                write(sink)
            return index_trial.refused(self.session.connection, table, limit, most=most)

    def load(self, table: TablePlan) -> AbstractContextManager[Sink]:
        return self._copy_into(table.name, table)

    def staging(self, table: TablePlan, *names: str) -> AbstractContextManager[None]:
        """Nothing to do: temporary tables are made in the transaction, and end with it."""
        return nullcontext()

    @contextmanager
    def stage(self, table: TablePlan, name: str) -> Iterator[Sink]:
        self.session.count(staging_sql.drop(name))
        self.session.count(staging_sql.create(table, name))
        with self._copy_into(name, table) as sink:
            yield sink

    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        encoder = RowEncoder([column.form for column in table.columns])
        with self.stage(table, name) as sink:
            for row in rows:
                sink.write(memoryview(encoder.encode(row)))

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        if not table.key:
            self.session.count(staging_sql.insert(table, name))
            return []
        return self.session.rows(staging_sql.insert_unless_there(table, name))

    def delete_staged(self, table: TablePlan, name: str) -> int:
        return self.session.count(staging_sql.delete(table, name))

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        self.session.count(staging_sql.subtract(table, name, other))

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        self.session.count(staging_sql.drop_equal(table, name))
        if spare is not None:
            spare()
        if any(key.parent == table.name for key in self.introspection.foreign_keys()):
            return rewrite_in_place(self.session, table, name)
        self.session.count(staging_sql.delete(table, name))
        return self.session.count(staging_sql.insert(table, name))

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        rows = self.session.rows(
            staging_sql.compare(table, name, other, both_ways=both_ways, limit=limit)
        )
        differences = [
            RowDifference(key, DifferenceKind(kind), tuple(columns))
            for key, kind, columns, _ in rows
        ]
        return differences, rows[0][3] if rows else 0

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)").format(
            staging_sql.names(table.column_names), sql.Identifier(table.name)
        )
        with self.session.translated():
            yield from copy_out.blocks(self.session.connection, query)

    def finish_load(self, table: TablePlan) -> None:
        with self.session.translated():
            self.session.connection.execute("SET LOCAL synchronous_commit = on")
            catalog.advance_sequences(self.session.connection, table.name)

    @contextmanager
    def _copy_into(self, name: str, table: TablePlan) -> Iterator[Sink]:
        query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
            sql.Identifier(name), staging_sql.names(table.column_names)
        )
        with (
            self.session.translated(),
            self.session.connection.cursor() as cursor,
            cursor.copy(query) as copy,
        ):
            copy.write(HEADER)
            yield cast("Sink", copy)
            copy.write(TRAILER)
