"""What the pipeline does with rows in a target, whatever the engine: load, stage, merge, compare,
delete, read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from migrations_ui.transfer.engines.introspection import Introspection
from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.obstacles import IndexLimit
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import RowDifference, TablePlan

Spare = Callable[[], None]


class Sink(Protocol):
    """Takes a chunk's rows as pieces of the target's row syntax; a piece may end inside a row."""

    def write(self, piece: memoryview) -> None: ...


class Operations(ABC):
    """Reads and writes rows."""

    # How `read_back` gives rows.
    back_syntax: BackSyntax

    def __init__(self, session: Session, introspection: Introspection) -> None:
        self.session = session
        self.introspection = introspection

    @property
    @abstractmethod
    def row_syntax(self) -> RowSyntax:
        """How `load` and `stage` take rows (PGCOPY is without header and trailer)."""

    @property
    def remark(self) -> str:
        """What people should know of how rows go in here; empty when there is nothing to say."""
        return ""

    def refused_by_index(
        self, table: TablePlan, limit: IndexLimit, write: Callable[[Sink], None], *, most: int
    ) -> list[tuple[Any, ...]] | None:
        """Keys of rows that the index refuses, up to `most`, found out by trying those that `write`
        writes; None where that cannot be tried. The table's plan has the key's columns and the
        index's only. Nothing stays of it."""
        return None

    @abstractmethod
    def load(self, table: TablePlan) -> AbstractContextManager[Sink]:
        """Write rows straight into the table. Raises KeyConflict at the end of the block.

        Call inside a transaction, and inside `staging`: some engines take rows by that way only.
        """

    @abstractmethod
    def staging(self, table: TablePlan, *names: str) -> AbstractContextManager[None]:
        """Around the transactions that stage rows of this table: what an engine has to make
        before one, and to clear away after it, is made and cleared away here."""

    @contextmanager
    def staging_held(
        self, table: TablePlan, name: str, lock_position: Callable[[], object]
    ) -> Iterator[None]:
        """A transaction that begins with `lock_position`, which waits for others at the table's
        position, and in which a few rows can be staged in `name` by `stage_rows`."""
        with self.staging(table, name), self.session.transaction():
            lock_position()
            yield

    @abstractmethod
    def stage(self, table: TablePlan, name: str) -> AbstractContextManager[Sink]:
        """Write rows into the staging table `name`, which belongs to this connection alone. Call
        inside a transaction, at whose start it is empty."""

    @abstractmethod
    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        """As `stage`, for a few rows of Python values. Called again in the same transaction, it
        replaces the rows or adds to them, as the engine likes: both are right to subtract."""

    @abstractmethod
    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        """Insert the staged rows that conflict with nothing; the keys of those that do.

        Raises KeyConflict when somebody wrote the same row in this very moment.
        """

    @abstractmethod
    def delete_staged(self, table: TablePlan, name: str) -> int:
        """Delete the rows of the table that are staged: by key, or whole when there is none."""

    @abstractmethod
    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        """Take the rows out of `name` whose keys are staged in `other`, which holds only those."""

    def discard_staged(self, name: str, statement: str) -> int:
        """Run a DELETE over the staging table `name`; how many rows went."""
        return self.session.change(statement)

    @abstractmethod
    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        """Insert, by key, the staged rows that the table has not, and set those right that it has
        otherwise: in their places, where rows of others may refer to them.

        `spare` is called when only such rows are still staged, and may take some of them out.
        """

    @abstractmethod
    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        """Staged rows that `other` has not equally, and with `both_ways` its own extra ones.

        The first `limit` differences, and the number of all. `other` is staged too, or it is the
        table itself.
        """

    @abstractmethod
    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        """The table's rows in blocks of `back_syntax` (PGCOPY is with header and trailer)."""

    @abstractmethod
    def finish_load(self, table: TablePlan) -> None:
        """What the engine wants after a load: sequences past the copied values, durability."""
