"""What the lab asks of a database, be it Derby or the pool's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.db.models import Model

Row = tuple[Any, ...]


class StoreUnavailable(Exception):
    """The database of this Traveler server cannot be reached."""


class Database(Protocol):
    """A connection used by one thread. SQL marks its parameters with `?`; times are aware UTC.

    Every method raises StoreUnavailable when the database is gone; the next call tries again.
    """

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]: ...

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that changes rows; returns how many."""
        ...

    def insert_rows(self, model: type[Model], rows: Iterable[Row]) -> None:
        """Insert rows in the order of the model's columns."""
        ...

    def transaction(self) -> AbstractContextManager[None]: ...

    def close(self) -> None: ...


def column_names(model: type[Model]) -> list[str]:
    """The columns of a store table in the order of the generated rows."""
    return [str(field.column) for field in model._meta.concrete_fields]


def insert_statement(model: type[Model]) -> str:
    columns = column_names(model)
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
