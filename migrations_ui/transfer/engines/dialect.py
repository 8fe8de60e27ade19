"""What statements about conflicting rows need to know of an engine; the rest of them is the SQL
that every engine takes (`merge/conflict_statements.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from migrations_ui.transfer.tables import TablePlan


class Grammar(Protocol):
    """Conditions compare two aliases by bytes, whatever the engine's collations think."""

    def quote(self, name: str) -> str: ...

    def staged(self, table: TablePlan, name: str) -> str:
        """A staging table's name, quoted."""

    def same_key(self, table: TablePlan, one: str, other: str) -> str:
        """True for rows of the same key; fit to be answered from an index."""

    def equal(self, table: TablePlan, one: str, other: str) -> str:
        """True for rows that are equal in all planned columns; two nulls are equal. Never null."""

    def equal_value(self, table: TablePlan, column: str, one: str, other: str) -> str:
        """The same for one column."""

    def create_like(self, table: TablePlan, name: str, more: Mapping[str, str]) -> Sequence[str]:
        """Make an ordinary table: the columns `more` with their types, and the planned columns
        without constraints; with an index on `more`'s first column and the key."""

    def first(self, query: str, count: int) -> str:
        """The ordered query's first rows, and no more than these sent."""

    def lock_conflicts(self, table: TablePlan, name: str) -> str:
        """Lock the table's rows whose keys are staged, until the end of the transaction."""

    def insert_into(self, table: TablePlan) -> str:
        """The beginning of an INSERT of all planned columns; a SELECT follows."""

    def update_from(self, table: TablePlan, source: str, where: str) -> str:
        """Set all planned columns but the key's in the table, alias t, from `source`, alias s."""
