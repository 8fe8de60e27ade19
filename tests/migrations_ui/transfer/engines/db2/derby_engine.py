"""Derby in the place of Db2, whose dialect its SQL is: what of a target's statements both take.

Derby's own catalogue is asked for whether the one foreign key is there; what it is like is Db2's
answer, written by hand. Like Db2, and unlike MySQL, it takes definitions back with a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import jpype
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.db2.foreign_keys import RULES
from migrations_ui.transfer.engines.db2.introspection import Db2Introspection
from migrations_ui.transfer.engines.db2.operations import Db2Operations
from migrations_ui.transfer.engines.db2.schema_editor import Db2SchemaEditor
from migrations_ui.transfer.engines.db2.session import Db2Session
from migrations_ui.transfer.errors import TargetError, TargetRefused
from migrations_ui.transfer.tables import ForeignKey

IS_THERE = "SELECT COUNT(*) FROM SYS.SYSCONSTRAINTS WHERE CONSTRAINTNAME = %s"


class DerbyBackend:
    """Both a Django backend and its driver's connection, as far as `Session` looks."""

    def __init__(self, jdbc: Any) -> None:
        self._jdbc = jdbc
        self.connection = self

    def set_autocommit(self, on: bool) -> None:
        self._jdbc.setAutoCommit(on)

    def commit(self) -> None:
        self._jdbc.commit()

    def rollback(self) -> None:
        self._jdbc.rollback()

    def cursor(self) -> DerbyCursor:
        return DerbyCursor(self._jdbc)

    @property
    @contextmanager
    def wrap_database_errors(self) -> Iterator[None]:
        try:
            yield
        except jpype.JException as error:
            raise Error(str(error)) from error


class DerbyCursor:
    """A driver's cursor over JDBC, for whole numbers and text."""

    def __init__(self, jdbc: Any) -> None:
        self._jdbc = jdbc
        self._statement: Any = None
        # The rows, where there are any to come.
        self.description: Any = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._statement = self._jdbc.prepareStatement(statement)
        for number, value in enumerate(parameters, start=1):
            if isinstance(value, int):
                self._statement.setInt(number, value)
            else:
                self._statement.setString(number, value)
        self.description = self._statement.getResultSet() if self._statement.execute() else None
        self.rowcount = int(self._statement.getUpdateCount())

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows, found = self.description, []
        width = rows.getMetaData().getColumnCount()
        while rows.next():
            texts = [str(rows.getString(number + 1)) for number in range(width)]
            found.append(tuple(int(text) if text.isdecimal() else text for text in texts))
        return found

    def close(self) -> None:
        self._statement.close()


class DerbyIntrospection(Db2Introspection):
    """`key` is the one foreign key that there may be."""

    def __init__(self, session: Db2OnDerby, key: ForeignKey) -> None:
        super().__init__(session)
        self.key = key

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        there = self.session.execute(IS_THERE, [self.key.name]) == [(1,)]
        return (self.key,) if there else ()


class Db2OnDerby(Db2Session):
    """`key` is the one foreign key that there may be."""

    def __init__(self, jdbc: Any, key: ForeignKey) -> None:
        super().__init__(cast("BaseDatabaseWrapper", DerbyBackend(jdbc)))
        self.key = key
        self.introspection = DerbyIntrospection(self, key)
        self.operations = Db2Operations(self, self.introspection)
        self.schema_editor = Db2SchemaEditor(self, self.introspection)
        jdbc.setAutoCommit(True)

    def trouble(self, error: Error) -> TargetError:
        return TargetRefused(str(error))

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        if statement == RULES:
            return [(self.key.name, "A", "A", "Y", "")]
        return super().execute(statement, parameters, most=most)
