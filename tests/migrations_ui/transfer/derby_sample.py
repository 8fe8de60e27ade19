"""Real Derby databases for the tests, written and read through JPype: never by our own codec."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import jpype
from django.conf import settings

# How a column's value becomes Python's; everything else as Derby writes it in text.
READERS: dict[str, Callable[[Any, int], Any]] = {
    "SMALLINT": lambda row, column: int(row.getLong(column)),
    "INTEGER": lambda row, column: int(row.getLong(column)),
    "BIGINT": lambda row, column: int(row.getLong(column)),
    "DECIMAL": lambda row, column: Decimal(str(row.getBigDecimal(column))),
    "REAL": lambda row, column: float(row.getDouble(column)),
    "DOUBLE": lambda row, column: float(row.getDouble(column)),
    "BOOLEAN": lambda row, column: bool(row.getBoolean(column)),
    "CHAR () FOR BIT DATA": lambda row, column: bytes(row.getBytes(column)),
    "VARCHAR () FOR BIT DATA": lambda row, column: bytes(row.getBytes(column)),
    "LONG VARCHAR FOR BIT DATA": lambda row, column: bytes(row.getBytes(column)),
}


class DerbySample:
    """A Derby database under construction; Derby holds it only inside `open()`."""

    def __init__(self, directory: Path, attributes: str = "") -> None:
        self.directory = directory
        self._attributes = attributes

    def run(self, *statements: str) -> None:
        with self.open() as connection:
            for statement in statements:
                _execute(connection, statement)
            connection.commit()

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows of Python values; dates, times and decimals as text."""
        if not rows:
            return
        marks = ", ".join("?" * len(rows[0]))
        with self.open() as connection:
            statement = connection.prepareStatement(f"INSERT INTO {table} VALUES ({marks})")  # noqa: S608
            for row in rows:
                for number, value in enumerate(row, start=1):
                    _set(statement, number, value)
                statement.addBatch()
            statement.executeBatch()
            connection.commit()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.open() as connection:
            rows = connection.createStatement().executeQuery(statement)
            facts = rows.getMetaData()
            types = [
                str(facts.getColumnTypeName(number + 1)) for number in range(facts.getColumnCount())
            ]
            found = []
            while rows.next():
                found.append(tuple(_get(rows, n, kind) for n, kind in enumerate(types, start=1)))
            connection.rollback()
            return found

    @contextmanager
    def open(self) -> Iterator[Any]:
        if not jpype.isJVMStarted():
            jpype.startJVM("-Duser.timezone=UTC", classpath=[settings.LIFEGUARD_DERBY_CLASSPATH])
        drivers = jpype.JClass("java.sql.DriverManager")
        url = f"jdbc:derby:{self.directory}"
        connection = drivers.getConnection(f"{url};create=true{self._attributes}")
        connection.setAutoCommit(False)
        try:
            yield connection
        finally:
            # A connection that Derby ended in the body is what the body's own error tells of.
            with contextlib.suppress(jpype.JException):
                connection.rollback()
                connection.close()
            # Derby reports its orderly end as an error.
            with contextlib.suppress(jpype.JException):
                drivers.getConnection(f"{url};shutdown=true")


def _execute(connection: Any, statement: str) -> None:
    try:
        connection.createStatement().execute(statement)
    except jpype.JException as error:
        # Derby names a key's index by the hundredth of a second, ten names each. Creating a
        # database takes names ahead of the clock; opened again, Derby may give one of them again.
        if "Index 'SQL" not in str(error):
            raise
        connection.createStatement().execute(statement)


def _set(statement: Any, number: int, value: Any) -> None:
    match value:
        case None:
            statement.setObject(number, None)
        case bytes():
            statement.setBytes(number, jpype.JArray(jpype.JByte)(value))
        case bool():
            statement.setBoolean(number, value)
        case int():
            statement.setLong(number, value)
        case float():
            statement.setDouble(number, value)
        case _:
            statement.setString(number, str(value))


def _get(rows: Any, number: int, kind: str) -> Any:
    if kind in ("BLOB", "CLOB"):
        # A large object may be asked for only once.
        value = rows.getBytes(number) if kind == "BLOB" else rows.getString(number)
        return None if value is None else bytes(value) if kind == "BLOB" else str(value)
    text = rows.getString(number)
    if text is None:
        return None
    return READERS[kind](rows, number) if kind in READERS else str(text)
