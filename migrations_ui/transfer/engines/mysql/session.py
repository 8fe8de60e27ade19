"""A connection to a MySQL or MariaDB target: statements and transactions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.mysql.errors import translated
from migrations_ui.transfer.engines.mysql.grammar import MySQLGrammar
from migrations_ui.transfer.errors import TargetError


class MySQLSession:
    """Speaks to the driver directly; the server's own words begin and end transactions."""

    grammar = MySQLGrammar()
    session_marks = session_marks.MYSQL

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        self.backend = backend
        self.connection: Any = backend.connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.execute("START TRANSACTION")
        try:
            yield
        except BaseException:
            # Broken connections have rolled back already; the first error is the one to report.
            with contextlib.suppress(TargetError):
                self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        limited = statement if most is None else f"{statement} LIMIT {most}"
        with translated(), self.connection.cursor() as cursor:
            # Without parameters, a percent sign stays one.
            cursor.execute(limited, list(parameters) or None)
            return list(cursor.fetchall()) if cursor.description else []

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        # Django asks for the rows found, not for those changed.
        with translated(), self.connection.cursor() as cursor:
            return int(cursor.execute(statement, list(parameters) or None))

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with translated(), self.connection.cursor() as cursor:
            cursor.executemany(statement, rows)
