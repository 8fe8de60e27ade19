"""What the pipeline needs of a target, whatever its engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.dialect import Grammar
from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.session_marks import SessionMarks
from migrations_ui.transfer.errors import TargetLost, TargetRefused
from migrations_ui.transfer.obstacles import IndexLimit, NameLimit, TargetProblem
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import ForeignKey, RowDifference, TablePlan, TargetTable

Spare = Callable[[], None]


class ConnectionGone(TargetLost):
    """The connection to the target database broke. Try again when the database is back."""

    is_transient = True


class LoadingChanged(ConnectionGone):
    """Rows go in by another way from here on. The message says why; the chunk is written again."""


class StagingGone(ConnectionGone):
    """Somebody else staged rows of the same table and dropped the staging table of this run.
    Nothing of the chunk was written; it is written again."""


class TargetLocked(ConnectionGone):
    """Another session kept a lock for longer than this run waits for one. Nothing of the chunk was
    written, what was committed before stays."""

    # It has been waited for, and a person has to know who holds the lock.
    is_transient = False


class KeyConflict(TargetRefused):
    """The target has a row with the same key already."""


class Sink(Protocol):
    """Takes a chunk's rows as pieces of the target's row syntax; a piece may end inside a row."""

    def write(self, piece: memoryview) -> None: ...


class Target(Protocol):
    """One connection to a target database.

    Every method raises ConnectionGone when the connection breaks, and TargetRefused when the
    server says no.
    """

    # Django's backend of this connection, for its words: column types and quoting.
    backend: BaseDatabaseWrapper
    # Follows the CREATE TABLE of a control table: its names have to be compared exactly.
    control_suffix: str
    # How `load` and `stage` take rows (PGCOPY is without header and trailer), and how `read_back`
    # gives them.
    back_syntax: BackSyntax
    # How long a name may be.
    name_limit: NameLimit
    # What can be done about a foreign key that no order of writing satisfies, when nobody else
    # uses its table.
    aside: KeyDeferral
    # Whether a foreign key is checked for all rows of a statement together, so that they may refer
    # to each other; false where nobody knows.
    checks_by_statement: bool

    @property
    def session_marks(self) -> SessionMarks | None:
        """How sessions are marked and ended; None where they cannot be."""

    @property
    def grammar(self) -> Grammar:
        """For the statements about rows that meet (merge/conflict_statements.py)."""

    @property
    def row_syntax(self) -> RowSyntax: ...

    @property
    def remark(self) -> str:
        """What people should know of how rows go in here; empty when there is nothing to say."""

    def tables(self) -> tuple[TargetTable, ...]: ...

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Those in force with both ends in the current schema."""

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        """What keeps rows out of a table of the current schema, or would change them, by its name;
        also of what is no table and has a name that one could have."""

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        """The indexes that refuse long values, by table."""

    def refused_by_index(
        self, table: TablePlan, limit: IndexLimit, write: Callable[[Sink], None], *, most: int
    ) -> list[tuple[Any, ...]] | None:
        """Keys of rows that the index refuses, up to `most`, found out by trying those that `write`
        writes; None where that cannot be tried. The table's plan has the key's columns and the
        index's only. Nothing stays of it."""

    def pinned(self, table: str) -> TargetTable | None:
        """The table as it is now; None when it is gone. Call inside a transaction: until its end
        nobody changes the table, on engines that can see to that."""

    def who_locks(self, table: str) -> str:
        """A sentence on the sessions that hold locks on the table now, or on how to find them.
        Call outside of a transaction."""

    def table_names(self) -> frozenset[str]:
        """All tables of the current schema, case-folded."""

    def table_bytes(self) -> Mapping[str, int]:
        """About how much room each table takes whose name begins with lg_, with its indexes; by
        case-folded name. Raises TargetRefused where the login may not know."""

    def apart(self, *names: str, quiet: str) -> AbstractContextManager[Mapping[str, str]]:
        """Around a look at tables that are perhaps to be dropped: nobody else reads or writes them
        meanwhile, nor writes to `quiet`, where an engine can see to that.

        Gives the names by which they are to be called inside; all are as SQL has them, quoted where
        that is needed. Waits for others as long as for any lock.
        """

    def transaction(self) -> AbstractContextManager[None]: ...

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        """Run one statement with %s placeholders; the rows it returns, if any, up to `most`."""

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; how many rows it found, even where it changed nothing in them."""

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""

    def is_empty(self, table: str) -> bool: ...

    def load(self, table: TablePlan) -> AbstractContextManager[Sink]:
        """Write rows straight into the table. Raises KeyConflict at the end of the block.

        Call inside a transaction, and inside `staging`: some engines take rows by that way only.
        """

    def staging(self, table: TablePlan, *names: str) -> AbstractContextManager[None]:
        """Around the transactions that stage rows of this table: what an engine has to make
        before one, and to clear away after it, is made and cleared away here."""

    def staging_held(
        self, table: TablePlan, name: str, lock_position: Callable[[], object]
    ) -> AbstractContextManager[None]:
        """A transaction that begins with `hold`, which waits for others at the table's position,
        and in which a few rows can be staged in `name` by `stage_rows`. Where staging tables are
        seen by all, this one is made after that, so that nobody's is dropped by another."""

    def stage(self, table: TablePlan, name: str) -> AbstractContextManager[Sink]:
        """Write rows into the staging table `name`, which belongs to this connection alone. Call
        inside a transaction, at whose start it is empty."""

    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        """As `stage`, for a few rows of Python values. Called again in the same transaction, it
        replaces the rows or adds to them, as the engine likes: both are right to subtract."""

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        """Insert the staged rows that conflict with nothing; the keys of those that do.

        Raises KeyConflict when somebody wrote the same row in this very moment.
        """

    def delete_staged(self, table: TablePlan, name: str) -> int:
        """Delete the rows of the table that are staged: by key, or whole when there is none."""

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        """Take the rows out of `name` whose keys are staged in `other`, which holds only those."""

    def discard_staged(self, name: str, statement: str) -> int:
        """Run a DELETE over the staging table `name`; how many rows went."""

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        """Insert, by key, the staged rows that the table has not, and set those right that it has
        otherwise: in their places, where rows of others may refer to them.

        `spare` is called when only such rows are still staged, and may take some of them out.
        """

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        """Staged rows that `other` has not equally, and with `both_ways` its own extra ones.

        The first `limit` differences, and the number of all. `other` is staged too, or it is the
        table itself.
        """

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        """The table's rows in blocks of `back_syntax` (PGCOPY is with header and trailer)."""

    def defer_keys(self, table: TablePlan) -> list[tuple[str, str]]:
        """Drop what would be kept up to date row by row; names and statements to restore it.

        Nothing, on an engine where dropping cannot be part of a transaction.
        """

    def restore_keys(self, statements: Sequence[str]) -> None:
        """Run what `defer_keys` gave. Call inside a transaction."""

    def keys_part(self, table: str) -> float:
        """How much of making one of the table's keys another connection has done, 0 to 1; 0 where
        the engine does not say. Call outside of a transaction."""

    def defer(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Put the foreign keys aside that lead from the table to its `later` ones: names, and what
        puts each back, of which a SELECT counts the rows that refer to nothing.

        None, where all rows of the table have to go in by one transaction instead. Raises
        PlanBlocked. Call inside a transaction.
        """

    def unchecked(self) -> AbstractContextManager[None]:
        """Around transactions in which deferred foreign keys are not to be checked, where that is
        a matter of the session. Callers see to it that nothing is left that refers to nothing."""

    def finish_load(self, table: TablePlan) -> None:
        """What the engine wants after a load: sequences past the copied values, durability."""
