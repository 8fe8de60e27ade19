"""The shared store of a pool, over any engine that has a Django backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import Error

from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.errors import DatabaseError
from pools.lab.database import Row, StoreUnavailable, insert_statement

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

INSERT_ROWS = 2000


class PoolDatabase:
    """Implements `Database`; connects at the first use, and again after a failure."""

    def __init__(self, login: DatabaseLogin) -> None:
        self._login = login
        self._open = ExitStack()
        self._connection: BaseDatabaseWrapper | None = None

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._cursor() as cursor:
            cursor.execute(_marked(sql), self._adapted(parameters))
            return [tuple(_aware(value) for value in row) for row in cursor.fetchall()]

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        with self._cursor() as cursor:
            cursor.execute(_marked(sql), self._adapted(parameters))
            return int(cursor.rowcount)

    def insert_rows(self, model: type[Model], rows: Iterable[Row]) -> None:
        statement = _marked(insert_statement(model))
        remaining = iter(rows)
        while chunk := list(islice(remaining, INSERT_ROWS)):
            with self._cursor() as cursor:
                cursor.executemany(statement, [self._adapted(row) for row in chunk])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        connection = self._connected()
        try:
            # `transaction.atomic` wants an alias of settings.DATABASES; this has none.
            connection.set_autocommit(False)
            try:
                yield
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                connection.set_autocommit(True)
        except Error as error:
            self.close()
            raise StoreUnavailable(f"The database of the pool failed: {error}") from error

    def close(self) -> None:
        self._open.close()
        self._connection = None

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        connection = self._connected()
        try:
            with connection.cursor() as cursor:
                yield cursor
        except Error as error:
            if connection.get_autocommit():
                self.close()
            raise StoreUnavailable(f"The database of the pool failed: {error}") from error

    def _connected(self) -> BaseDatabaseWrapper:
        if self._connection is None:
            try:
                self._connection = self._open.enter_context(open_connection(self._login))
            except DatabaseError as error:
                raise StoreUnavailable(str(error)) from error
        return self._connection

    def _adapted(self, parameters: Sequence[Any]) -> list[Any]:
        operations = self._connected().ops
        return [
            operations.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
            for value in parameters
        ]


def _marked(sql: str) -> str:
    return sql.replace("?", "%s")


def _aware(value: Any) -> Any:
    """Engines without time zones give UTC without saying so."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
