"""A connection to a SQL Server target: statements and transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.sqlserver import (
    words,
)
from migrations_ui.transfer.engines.sqlserver.errors import trouble
from migrations_ui.transfer.engines.sqlserver.grammar import SQLServerGrammar
from migrations_ui.transfer.engines.value_session import ValueSession
from migrations_ui.transfer.errors import TargetError


class SQLServerSession(ValueSession):
    """Also keeps in mind which staging tables are to be emptied outside of a transaction."""

    words = words.WORDS
    grammar = SQLServerGrammar()
    session_marks = session_marks.SQLSERVER

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        # Staging tables with rows of the last chunk: emptied before the next transaction.
        self.filled: dict[str, str] = {}
        self.in_transaction = False
        self.set_autocommit(True)

    def set_autocommit(self, on: bool) -> None:
        # Django's backend leaves it off when no transaction is open.
        self.backend.connection.autocommit = on

    def trouble(self, error: Error) -> TargetError:
        return trouble(error)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        # Not inside: the bulk copy's own connection would wait for our lock for ever.
        for staged in self.filled.values():
            self.execute(f"TRUNCATE TABLE {staged}")
        self.filled.clear()
        with super().transaction():
            self.in_transaction = True
            try:
                yield
            finally:
                self.in_transaction = False

    def bound(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Of a single row's dates the driver takes none before 1753, the server does as text."""
        return tuple(each.isoformat() if type(each) is date else each for each in values)
