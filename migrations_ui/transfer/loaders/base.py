"""What the pipeline needs of a target, whatever its engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from migrations_ui.transfer.errors import TargetLost, TargetRefused
from migrations_ui.transfer.tables import RowDifference, TablePlan, TargetTable


class ConnectionGone(TargetLost):
    """The connection to the target database broke. Try again when the database is back."""


class KeyConflict(TargetRefused):
    """The target has a row with the same key already."""


class Sink(Protocol):
    """Takes a chunk's rows as pieces of PGCOPY binary tuples; a piece may end inside a row."""

    def write(self, piece: memoryview) -> None: ...


class Target(Protocol):
    """One connection to a target database.

    Every method raises ConnectionGone when the connection breaks, and TargetRefused when the
    server says no.
    """

    control_types: dict[str, str]

    def tables(self) -> tuple[TargetTable, ...]: ...

    def transaction(self) -> AbstractContextManager[None]: ...

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement with %s placeholders; the rows it returns, if any."""

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""

    def is_empty(self, table: str) -> bool: ...

    def load(self, table: TablePlan) -> AbstractContextManager[Sink]:
        """Write rows straight into the table. Raises KeyConflict at the end of the block."""

    def stage(self, table: TablePlan, name: str) -> AbstractContextManager[Sink]:
        """Write rows into the temporary table `name`, which ends with the transaction."""

    def insert_staged(self, table: TablePlan, name: str) -> list[str]:
        """Insert the staged rows that conflict with nothing; the keys of those that do."""

    def delete_staged(self, table: TablePlan, name: str) -> int:
        """Delete the rows of the table that are staged: by key, or whole when there is none."""

    def unstage_rejected(self, table: TablePlan, name: str, run_id: str) -> None:
        """Take the rows out of the staging table that the run kept out as conflicts."""

    def rewrite_staged(self, table: TablePlan, name: str) -> int:
        """Replace or insert, by key, the staged rows that the table has not equally."""

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        """Staged rows that `other` has not equally, and with `both_ways` its own extra ones.

        The first `limit` differences, and the number of all.
        """

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        """The table's rows as PGCOPY binary with header and trailer, in blocks."""

    def defer_keys(self, table: TablePlan) -> list[tuple[str, str]]:
        """Drop what would be kept up to date row by row; names and statements to restore it."""

    def restore_keys(self, statements: Sequence[str]) -> None:
        """Run what `defer_keys` gave. Call inside a transaction."""

    def finish_load(self, table: TablePlan) -> None:
        """What the engine wants after a load: sequences past the copied values, durability."""
