"""A real Derby database inside the host's process, through JPype.

One JVM a process; it lives as long as the process. The database is shut down with the server, so
that its `db.lck` vanishes, as when Domino is down.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jpype
import jpype.config
import jpype.dbapi2
from django.conf import settings
from django.db import models

from pools.lab.database import Row, StoreUnavailable, insert_statement

if TYPE_CHECKING:
    from django.db.models import Field, Model

COLUMN_TYPES: dict[str, str] = {
    "CharField": "VARCHAR({length})",
    "TextField": "CLOB",
    "SmallIntegerField": "SMALLINT",
    "IntegerField": "INTEGER",
    "BigIntegerField": "BIGINT",
    "DateTimeField": "TIMESTAMP",
    "BinaryField": "VARCHAR({length}) FOR BIT DATA",
}
LARGE_OBJECT = "BLOB"
STREAMED_ROWS = 500
HEAP = "256m"


class DerbyDatabase:
    """Implements `Database` over the Derby database in `directory`, created when absent."""

    def __init__(self, directory: Path, log_file: Path) -> None:
        self._directory = directory
        _start_jvm(log_file)
        try:
            self._connection = jpype.dbapi2.connect(f"jdbc:derby:{directory};create=true")
        except jpype.dbapi2.Error as error:
            raise StoreUnavailable(f"Derby cannot open {directory}: {error}") from error
        self._connection.autocommit = False
        self._in_transaction = False
        self._closed = False

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._cursor() as cursor:
            cursor.execute(sql, _adapted(parameters))
            return [tuple(_aware(value) for value in row) for row in cursor.fetchall()]

    def stream(self, sql: str) -> Generator[Row, None, None]:
        """The rows of a question one by one, whatever their number."""
        with self._cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(STREAMED_ROWS):
                for row in rows:
                    yield tuple(_aware(value) for value in row)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        with self._cursor() as cursor:
            cursor.execute(sql, _adapted(parameters))
            return int(cursor.rowcount)

    def insert_rows(self, model: type[Model], rows: Iterable[Row]) -> None:
        """In bulk through Derby's import, except where there are large objects."""
        if any(_is_large(field) for field in model._meta.concrete_fields):
            with self._cursor() as cursor:
                statement = insert_statement(model)
                for row in rows:
                    cursor.execute(statement, _adapted(row))
            return
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            for row in rows:
                file.write(",".join(map(_csv_field, row)) + "\n")
            file.flush()
            with self._cursor() as cursor:
                cursor.execute(
                    "CALL SYSCS_UTIL.SYSCS_IMPORT_TABLE(NULL, ?, ?, NULL, NULL, 'UTF-8', 0)",
                    [model._meta.db_table.upper(), file.name],
                )

    def create_table(self, model: type[Model]) -> None:
        """The table as the pool's schema has it, in Derby's types."""
        columns = [_column_definition(field) for field in model._meta.concrete_fields]
        key = ", ".join(str(field.column) for field in model._meta.pk_fields)
        columns.append(f"PRIMARY KEY ({key})")
        self.execute(f"CREATE TABLE {model._meta.db_table} ({', '.join(columns)})")
        for index in model._meta.indexes:
            names = ", ".join(index.fields)
            self.execute(f"CREATE INDEX {index.name} ON {model._meta.db_table} ({names})")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._in_transaction = True
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
        finally:
            self._in_transaction = False

    def close(self) -> None:
        """Shut the database down; Derby reports success as an exception."""
        self._closed = True
        # A question that was not read to its end has left a transaction open.
        self._connection.rollback()
        self._connection.close()
        driver = jpype.JClass("java.sql.DriverManager")
        try:
            driver.getConnection(f"jdbc:derby:{self._directory};shutdown=true")
        except jpype.JException as ended:
            if str(ended.getSQLState()) != "08006":
                raise StoreUnavailable(f"Derby does not shut down: {ended}") from None

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        try:
            with self._connection.cursor() as cursor:
                yield cursor
            if not self._in_transaction:
                self._connection.commit()
        except jpype.dbapi2.Error as error:
            if not self._in_transaction and not self._closed:
                self._connection.rollback()
            raise StoreUnavailable(f"The Derby database failed: {error}") from error


def _start_jvm(log_file: Path) -> None:
    if jpype.isJVMStarted():
        return
    # The databases are closed by then; the JVM's own end has waited for ever for a thread that a
    # transfer had used.
    jpype.config.destroy_jvm = False
    jpype.startJVM(
        "-Xrs",  # leave SIGTERM and SIGINT to Python
        f"-Xmx{HEAP}",
        "-Duser.timezone=UTC",
        f"-Dderby.stream.error.file={log_file}",
        classpath=settings.LIFEGUARD_DERBY_CLASSPATH.split(":"),
        convertStrings=True,
    )


def _is_large(field: Field[Any, Any]) -> bool:
    return isinstance(field, models.BinaryField) and field.max_length is None


def _column_definition(field: Field[Any, Any]) -> str:
    template = LARGE_OBJECT if _is_large(field) else COLUMN_TYPES[field.get_internal_type()]
    null = "" if field.null else " NOT NULL"
    return f"{field.column} {template.format(length=field.max_length)}{null}"


def _csv_field(value: Any) -> str:
    """Derby's import reads `""` as empty text and nothing as NULL; bytes are hexadecimal."""
    match value:
        case None:
            return ""
        case str():
            return '"' + value.replace('"', '""') + '"'
        case bytes():
            return value.hex()
        case datetime():
            return _naive(value).isoformat(" ", "microseconds")
    return str(value)


def _adapted(parameters: Sequence[Any]) -> list[Any]:
    return [_naive(value) if isinstance(value, datetime) else value for value in parameters]


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
