"""The verbs of a connection that a Django backend opened, spoken to its driver directly.

Django's own cursors rewrite statements and parameters for the ORM (some write values into the
text, or lose an error on the way), so rows and checkpoints go around them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.errors import TargetDriverFailed, TargetError

PLACEHOLDER, MARK = "%s", "?"


class DriverSession(ABC):
    """One connection; an engine says what its errors mean."""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        self.backend = backend

    @abstractmethod
    def trouble(self, error: Error) -> TargetError:
        """What a driver's error means here."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.translated():
            self.set_autocommit(False)
        try:
            yield
            with self.translated():
                self.backend.commit()
        except BaseException:
            # Where the connection is gone, so is the transaction.
            with suppress(Error):
                self.backend.rollback()
            raise
        finally:
            with suppress(TargetError), self.translated():
                self.set_autocommit(True)

    def set_autocommit(self, on: bool) -> None:
        self.backend.set_autocommit(on)

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        with self.translated(), closing(self._run(statement, parameters)) as cursor:
            if cursor.description is None:
                return []
            rows = cursor.fetchall() if most is None else cursor.fetchmany(most)
            return [tuple(row) for row in rows]

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        with self.translated(), closing(self._run(statement, parameters)) as cursor:
            return int(cursor.rowcount)

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self.translated(), closing(self.cursor()) as cursor:
            cursor.executemany(marked(statement), [self.bound(row) for row in rows])

    def stream(self, statement: str, *, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """A query's rows, `size` at a time."""
        with self.translated(), closing(self._run(statement, ())) as cursor:
            while rows := cursor.fetchmany(size):
                yield [tuple(row) for row in rows]

    def cursor(self) -> Any:
        """A cursor of the driver itself."""
        return self.backend.connection.cursor()

    def bound(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Values as the driver takes them as parameters."""
        return tuple(values)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Around calls of the driver alone."""
        try:
            with self.backend.wrap_database_errors:
                yield
        except Error as error:
            raise self.trouble(error) from None
        except TargetError:
            raise
        except Exception as error:  # noqa: BLE001  drivers raise more than they document
            raise TargetDriverFailed(error) from None

    def _run(self, statement: str, parameters: Sequence[Any]) -> Any:
        cursor = self.cursor()
        if parameters:
            cursor.execute(marked(statement), self.bound(parameters))
        else:
            # As it is, so that a question mark or a percent sign in a name stays one.
            cursor.execute(statement)
        return cursor


def marked(statement: str) -> str:
    """With the drivers' own placeholders."""
    return statement.replace(PLACEHOLDER, MARK)
