"""A connection to a PostgreSQL target: statements and transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.postgresql.errors import translate
from migrations_ui.transfer.engines.postgresql.grammar import PostgreSQLGrammar
from migrations_ui.transfer.errors import TargetDriverFailed, TargetError


class PostgreSQLSession:
    """Speaks to psycopg directly: COPY and composed SQL."""

    grammar = PostgreSQLGrammar()
    session_marks = session_marks.POSTGRESQL

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        self.backend = backend
        self.connection: psycopg.Connection[Any] = backend.connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.translated(), self.connection.transaction():
            yield

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        with self.asking():
            # Without parameters, a percent sign stays one.
            cursor = self.connection.execute(statement, parameters or None)
            if cursor.description is None:
                return []
            return cursor.fetchall() if most is None else cursor.fetchmany(most)

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        with self.asking():
            return self.connection.execute(statement, parameters or None).rowcount

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self.asking(), self.connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    def rows(self, query: sql.Composed) -> list[tuple[Any, ...]]:
        """As `execute`."""
        with self.asking():
            return self.connection.execute(query).fetchall()

    def count(self, statement: sql.Composed) -> int:
        """As `change`."""
        with self.asking():
            return self.connection.execute(statement).rowcount

    @contextmanager
    def translated(self) -> Iterator[None]:
        """May be around what callers do."""
        try:
            yield
        except psycopg.Error as error:
            raise translate(error, broken=self.connection.broken) from None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around calls of the driver alone, which may raise more than it documents."""
        try:
            with self.translated():
                yield
        except TargetError:
            raise
        except Exception as error:  # noqa: BLE001  text that is none, a date that is none …
            raise TargetDriverFailed(error) from None
