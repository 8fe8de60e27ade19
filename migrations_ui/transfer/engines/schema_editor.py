"""What changes in a target's schema around a load, whatever the engine: indexes and foreign keys
that are dropped and made again, and tables that nobody else may use meanwhile."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from migrations_ui.transfer.engines.introspection import Introspection
from migrations_ui.transfer.engines.key_deferral import KeyDeferral, keys_to_defer
from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.tables import ForeignKey, TablePlan


class SchemaEditor(ABC):
    """Changes definitions, and puts them back."""

    # Follows the CREATE TABLE of a control table: its names have to be compared exactly.
    control_suffix = ""
    # Keeps everybody else out of a table, whose name is as SQL has it, until the transaction's end.
    exclusive_lock: str
    # What can be done about a foreign key that no order of writing satisfies, when nobody else
    # uses its table.
    deferral: KeyDeferral
    # Whether a foreign key is checked for all rows of a statement together, so that they may refer
    # to each other; false where nobody knows.
    checks_by_statement: bool

    def __init__(self, session: Session, introspection: Introspection) -> None:
        self.session = session
        self.introspection = introspection

    @contextmanager
    def exclusive(self, *names: str, quiet: str) -> Iterator[Mapping[str, str]]:
        """Around a look at tables that are perhaps to be dropped: nobody else reads or writes them
        meanwhile, nor writes to `quiet`, where an engine can see to that.

        Gives the names by which they are to be called inside; all are as SQL has them, quoted where
        that is needed. Waits for others as long as for any lock.
        """
        with self.session.transaction():
            # In the order in which a chunk takes its locks, so that each waits for the other once.
            for name in dict.fromkeys((quiet, *names)):
                self.session.execute(self.exclusive_lock.format(name))
            yield {name: name for name in names}

    def drop_indexes(self, table: TablePlan) -> list[tuple[str, str]]:
        """Drop what would be kept up to date row by row; names and statements to restore it.

        Nothing, on an engine where dropping cannot be part of a transaction, or costs more than it
        saves.
        """
        return []

    def restore(self, statements: Sequence[str]) -> None:
        """Run what `drop_indexes` or `defer_foreign_keys` gave. Call inside a transaction."""
        for statement in statements:
            self.session.execute(statement)

    @abstractmethod
    def defer_foreign_keys(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Defer the foreign keys that lead from the table to its `later` ones: names, and what
        puts each back, of which a SELECT counts the rows that refer to nothing.

        None, where all rows of the table have to go in by one transaction instead. Raises
        PlanBlocked. Call inside a transaction.
        """

    def keys_to_defer(
        self, table: TablePlan, found: Iterable[ForeignKey], *, alone: bool
    ) -> list[ForeignKey]:
        """Of those found, the ones that `defer_foreign_keys` defers. Raises PlanBlocked."""
        by_statement = self.checks_by_statement
        return keys_to_defer(self.deferral, table, found, alone=alone, by_statement=by_statement)

    def foreign_keys_unchecked(self) -> AbstractContextManager[None]:
        """Around transactions in which deferred foreign keys are not to be checked, where that is
        a matter of the session; elsewhere a deferred one holds for nobody. Callers see to it that
        nothing is left that refers to nothing."""
        return nullcontext()
