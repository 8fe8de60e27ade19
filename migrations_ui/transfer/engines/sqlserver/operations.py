"""Rows into, within and out of a SQL Server target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from migrations_ui.transfer.engines.base import LoadingChanged, StagingGone
from migrations_ui.transfer.engines.operations import Spare
from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.engines.row_sink import Rows, RowSink
from migrations_ui.transfer.engines.sqlserver import (
    catalog,
    sequences,
    words,
)
from migrations_ui.transfer.engines.sqlserver.bulk import BulkFailed, bulk_copy
from migrations_ui.transfer.engines.sqlserver.introspection import SQLServerIntrospection
from migrations_ui.transfer.engines.sqlserver.session import SQLServerSession
from migrations_ui.transfer.engines.value_dialect import staging_name
from migrations_ui.transfer.engines.value_operations import ValueOperations
from migrations_ui.transfer.tables import TablePlan

# Databases that bulk copy failed with, and why; asked again by the next process only.
_without_bulk: dict[tuple[str, ...], str] = {}


class SQLServerOperations(ValueOperations):
    """Rows come in by bulk copy over a connection of its own, so all go through a staging table."""

    session: SQLServerSession
    introspection: SQLServerIntrospection
    batch_rows = 10_000
    remark = (
        "This way into SQL Server was made without a server to try it on: look at the "
        "verification before you cut over."
    )

    def __init__(self, session: SQLServerSession, introspection: SQLServerIntrospection) -> None:
        super().__init__(session, introspection)
        self._loading = ""
        # Whether the open transaction made the staging table: then nobody else sees that, the
        # connection of a bulk copy neither.
        self._unseen = False

    @contextmanager
    def staging(self, table: TablePlan, *names: str) -> Iterator[None]:
        self._loading, self._unseen = names[0], self.session.in_transaction
        try:
            with super().staging(table, *names):
                yield
        finally:
            self._unseen = False
            for name in names:
                self.session.filled.pop(staging_name(table, name), None)

    def create_staging(self, table: TablePlan, name: str) -> tuple[str, ...]:
        return words.create_staging(table, name)

    def empty_staging(self, table: TablePlan, name: str) -> None:
        """Emptied before the transaction. What is staged from here on is committed at once."""
        self.session.filled[staging_name(table, name)] = words.staged(table, name)

    @contextmanager
    def load(self, table: TablePlan) -> Iterator[RowSink]:
        """Through the staging table: bulk copy is no part of a transaction of ours."""
        with self.stage(table, self._loading) as sink:
            yield sink
        with self._identity_insert(table):
            inserted = self.session.change(self._sets(table).insert(self._loading))
        self.check_count(table, sink.row_count, inserted)

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        with self._identity_insert(table):
            return super().insert_staged(table, name)

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        with self._identity_insert(table):
            return super().rewrite_staged(table, name, spare=spare)

    def put(self, table: TablePlan, into: str, rows: Rows) -> None:
        padded = [
            number for number, each in enumerate(table.columns) if kind_of(each.form) == "bpchar"
        ]
        if padded:
            rows = [_unpadded(row, padded) for row in rows]
        if self._unseen or self._database in _without_bulk:
            self.session.execute_many(self._sets(table).insert_values(into), rows)
            return
        settings = self.session.backend.settings_dict
        with self.session.translated():
            cursor = self.session.cursor()
        try:
            bulk_copy(*(cursor, into, table.column_names, rows), secret=str(settings["PASSWORD"]))
        except BulkFailed as failed:
            # A server that is gone says nothing about bulk copies, nor does a missing table.
            if self.session.execute("SELECT 1 WHERE OBJECT_ID(%s) IS NULL", [into]):
                raise StagingGone from None
            _without_bulk[self._database] = str(failed)
            raise LoadingChanged(
                f"SQL Server took no bulk copy; rows go in as parameters from here on. ({failed})"
            ) from None

    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        return self.session.change(words.delete_whole_rows(table, name))

    def finish_load(self, table: TablePlan) -> None:
        """An identity column goes on after the largest value that was inserted; what a default
        names does not."""
        sequences.advance(self.session.execute, table.name)

    @property
    def _database(self) -> tuple[str, ...]:
        settings = self.session.backend.settings_dict
        return tuple(str(settings[part]) for part in ("HOST", "PORT", "NAME"))

    @contextmanager
    def _identity_insert(self, table: TablePlan) -> Iterator[None]:
        """Allow values for the identity column, if the plan has one; one table at a time may."""
        found = {name for (name,) in self.session.execute(catalog.IDENTITY, [table.name])}
        if not found & set(table.column_names):
            yield
            return
        self.session.execute(words.identity_insert(table.name, on=True))
        yield
        self.session.execute(words.identity_insert(table.name, on=False))


def _unpadded(row: tuple[Any, ...], padded: list[int]) -> tuple[Any, ...]:
    """The server fills up with blanks itself, counting as it does."""
    values = list(row)
    for number in padded:
        if values[number] is not None:
            values[number] = values[number].rstrip(" ")
    return tuple(values)
