"""A SQL Server target: bulk copy into a staging table, then one transaction for the rows and
their checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.base import LoadingChanged, Spare, StagingGone
from migrations_ui.transfer.engines.key_deferral import KeyDeferral, keys_to_defer
from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.row_sink import Rows, RowSink
from migrations_ui.transfer.engines.sqlserver import (
    catalog,
    foreign_keys,
    obstacles,
    sequences,
    words,
)
from migrations_ui.transfer.engines.sqlserver.bulk import BulkFailed, bulk_copy
from migrations_ui.transfer.engines.sqlserver.errors import trouble
from migrations_ui.transfer.engines.sqlserver.grammar import SQLServerGrammar
from migrations_ui.transfer.engines.value_target import ValueTarget, staging_name
from migrations_ui.transfer.errors import TargetError
from migrations_ui.transfer.obstacles import IndexLimit, TargetProblem, gathered
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from migrations_ui.transfer.tables import ForeignKey, TablePlan, TargetTable
from pools.databases.connection import DatabaseLogin, open_connection

# Databases that bulk copy failed with, and why; asked again by the next process only.
_without_bulk: dict[tuple[str, ...], str] = {}


@contextmanager
def open_target(
    login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS
) -> Iterator[SQLServerTarget]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login) as backend:
        target = SQLServerTarget(backend)
        # In milliseconds.
        target.execute(f"SET LOCK_TIMEOUT {lock_seconds * 1000}")
        yield target


class SQLServerTarget(ValueTarget):
    """See `loaders.base.Target`."""

    words = words.WORDS
    grammar = SQLServerGrammar()
    foreign_key_query = catalog.FOREIGN_KEYS
    batch_rows = 10_000
    aside = KeyDeferral.DISABLED
    # All rows of a chunk go in by one INSERT.
    checks_by_statement = True
    session_marks = session_marks.SQLSERVER
    remark = (
        "This way into SQL Server was made without a server to try it on: look at the "
        "verification before you cut over."
    )

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self._filled: dict[str, str] = {}
        self._loading = ""
        # Whether a transaction is open, and whether it made the staging table: then nobody else
        # sees that, the connection of a bulk copy neither.
        self._in_transaction = False
        self._unseen = False
        self.set_autocommit(True)

    def set_autocommit(self, on: bool) -> None:
        # Django's backend leaves it off when no transaction is open.
        self.backend.connection.autocommit = on

    def trouble(self, error: Error) -> TargetError:
        return trouble(error)

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self.execute(catalog.COLUMNS), self.execute(catalog.PARENTS))

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        return gathered(self.execute(obstacles.OBSTACLES), self.user, obstacles.KINDS)

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        return obstacles.read_index_limits(self.execute(obstacles.INDEXES))

    def table_names(self) -> frozenset[str]:
        return frozenset(name.casefold() for (name,) in self.execute(catalog.TABLES))

    def table_bytes(self) -> dict[str, int]:
        return {name.casefold(): int(size) for name, size in self.execute(catalog.BYTES)}

    def lock_alone(self, table: str) -> str:
        return f"SELECT COUNT(*) FROM {table} WITH (TABLOCKX, HOLDLOCK)"

    def is_empty(self, table: str) -> bool:
        return not self.execute(f"SELECT TOP (1) 1 FROM {words.quote(table)}")

    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        return catalog.read_unique_keys(self.execute(catalog.UNIQUE_KEYS, [table.name]))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        # Not inside: the bulk copy's own connection would wait for our lock for ever.
        for staged in self._filled.values():
            self.execute(f"TRUNCATE TABLE {staged}")
        self._filled.clear()
        with super().transaction():
            self._in_transaction = True
            try:
                yield
            finally:
                self._in_transaction = False

    @contextmanager
    def staging(self, table: TablePlan, *names: str) -> Iterator[None]:
        self._loading, self._unseen = names[0], self._in_transaction
        try:
            with super().staging(table, *names):
                yield
        finally:
            self._unseen = False
            for name in names:
                self._filled.pop(staging_name(table, name), None)

    def create_staging(self, table: TablePlan, name: str) -> tuple[str, ...]:
        return words.create_staging(table, name)

    def empty_staging(self, table: TablePlan, name: str) -> None:
        """Emptied before the transaction. What is staged from here on is committed at once."""
        self._filled[staging_name(table, name)] = words.staged(table, name)

    @contextmanager
    def load(self, table: TablePlan) -> Iterator[RowSink]:
        """Through the staging table: bulk copy is no part of a transaction of ours."""
        with self.stage(table, self._loading) as sink:
            yield sink
        inserted = self._inserting(table, self._sets(table).insert(self._loading))
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
            self.execute_many(self._sets(table).insert_values(into), rows)
            return
        settings = self.backend.settings_dict
        with self.translated():
            cursor = self.cursor()
        try:
            bulk_copy(*(cursor, into, table.column_names, rows), secret=str(settings["PASSWORD"]))
        except BulkFailed as failed:
            # A server that is gone says nothing about bulk copies, nor does a missing table.
            if self.execute("SELECT 1 WHERE OBJECT_ID(%s) IS NULL", [into]):
                raise StagingGone from None
            _without_bulk[self._database] = str(failed)
            raise LoadingChanged(
                f"SQL Server took no bulk copy; rows go in as parameters from here on. ({failed})"
            ) from None

    def bound(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Of a single row's dates the driver takes none before 1753, the server does as text."""
        return tuple(each.isoformat() if type(each) is date else each for each in values)

    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        return self.change(words.delete_whole_rows(table, name))

    def finish_load(self, table: TablePlan) -> None:
        """An identity column goes on after the largest value that was inserted; what a default
        names does not."""
        sequences.advance(self.execute, table.name)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        return foreign_keys.as_allowed(super().foreign_keys(), self.execute(foreign_keys.FACTS))

    def defer(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Switched off. One that is not trusted, and does not hold for all rows, comes back so."""
        keys = keys_to_defer(
            *(self.aside, table, self.foreign_keys()),
            alone=alone,
            by_statement=self.checks_by_statement,
        )
        trusted = foreign_keys.trusted(self.execute(foreign_keys.FACTS))
        aside: list[tuple[str, list[str]]] = []
        for key in keys:
            counting = count_dangling(key, words.quote)
            holds = (key.table, key.name) in trusted or self.execute(counting) == [(0,)]
            self.execute(foreign_keys.switch_off(key))
            restoring = foreign_keys.switch_on(key, checked=holds)
            aside.append((key.name, [counting, restoring] if holds else [restoring]))
        return aside

    @property
    def _database(self) -> tuple[str, ...]:
        settings = self.backend.settings_dict
        return tuple(str(settings[part]) for part in ("HOST", "PORT", "NAME"))

    def _inserting(self, table: TablePlan, statement: str) -> int:
        with self._identity_insert(table):
            return self.change(statement)

    @contextmanager
    def _identity_insert(self, table: TablePlan) -> Iterator[None]:
        """Allow values for the identity column, if the plan has one; one table at a time may."""
        found = {name for (name,) in self.execute(catalog.IDENTITY, [table.name])}
        if not found & set(table.column_names):
            yield
            return
        self.execute(words.identity_insert(table.name, on=True))
        yield
        self.execute(words.identity_insert(table.name, on=False))


def _unpadded(row: tuple[Any, ...], padded: list[int]) -> tuple[Any, ...]:
    """The server fills up with blanks itself, counting as it does."""
    values = list(row)
    for number in padded:
        if values[number] is not None:
            values[number] = values[number].rstrip(" ")
    return tuple(values)
