"""Statements over rows that were staged in a table beside the real one, in SQL that SQL Server
and Db2 both take.

Keys are matched twice: as the engine compares them, so that it finds them by an index, and byte
by byte, because its collation may fold case or disregard trailing blanks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migrations_ui.transfer.tables import ColumnPlan, TablePlan

# Numbers the staged rows.
ORDINAL = "lg_row"


@dataclass(frozen=True, slots=True)
class SetDialect:
    """How an engine writes what the statements are made of.

    `staged` gives a staging table's name, quoted; `exact(column, one, other)` is true for two
    equal values of the same bytes; empty where being equal says that already.
    """

    quote: Callable[[str], str]
    staged: Callable[[TablePlan, str], str]
    exact: Callable[[ColumnPlan, str, str], str]


@dataclass(frozen=True, slots=True)
class Sets:
    """The statements for one table. `name` is that of a staging table."""

    words: SetDialect
    table: TablePlan

    @property
    def real(self) -> str:
        return self.words.quote(self.table.name)

    def staged(self, name: str) -> str:
        return self.words.staged(self.table, name)

    def empty(self, name: str) -> str:
        return f"DELETE FROM {self.staged(name)}"

    def insert(self, name: str) -> str:
        columns = self.listed(self.table.column_names)
        return f"INSERT INTO {self.real} ({columns}) SELECT {columns} FROM {self.staged(name)}"

    def insert_values(self, into: str) -> str:
        """One row of placeholders into a table whose quoted name is `into`."""
        names = self.table.column_names
        marks = ", ".join(["%s"] * len(names))
        return f"INSERT INTO {into} ({self.listed(names)}) VALUES ({marks})"

    def conflicts(self, name: str, unique: Sequence[str]) -> tuple[str, str]:
        """Keys of the staged rows that the table has one like under a unique key; their removal."""
        return self._those(name, f"{self.real} t WHERE {self._alike(unique, 't', 's')}")

    def doubles(self, name: str, unique: Sequence[str]) -> tuple[str, str]:
        """The same for staged rows that the engine takes for one, which the source does not: the
        first of them stays."""
        return self._those(
            name,
            f"{self.staged(name)} t WHERE t.{ORDINAL} < s.{ORDINAL} "
            f"AND {self._alike(unique, 't', 's')}",
        )

    def delete(self, name: str) -> str:
        """By key."""
        return (
            f"DELETE FROM {self.real} WHERE EXISTS (SELECT 1 FROM {self.staged(name)} s "
            f"WHERE {self._same_key(self.real, 's')})"
        )

    def subtract(self, name: str, other: str) -> str:
        """`other` holds keys only."""
        mine = self.staged(name)
        return (
            f"DELETE FROM {mine} WHERE EXISTS (SELECT 1 FROM {self.staged(other)} s "
            f"WHERE {self._same_key(mine, 's')})"
        )

    def unmatched(self, here: str, there: str) -> str:
        """Keys of the rows of `here`, both quoted, that `there` has no row for."""
        return (
            f"SELECT {self.listed(self.table.key, 's')} FROM {here} s WHERE NOT EXISTS "
            f"(SELECT 1 FROM {there} t WHERE {self._same_key('t', 's')})"
        )

    def matched(self, name: str, there: str) -> str:
        """Ordinal, staged values and the values of the row with the same key in `there`."""
        columns = self.table.column_names
        return (
            f"SELECT s.{ORDINAL}, {self.listed(columns, 's')}, {self.listed(columns, 't')} "
            f"FROM {self.staged(name)} s JOIN {there} t ON {self._same_key('t', 's')}"
        )

    def drop_ordinals(self, name: str, ordinals: Sequence[int]) -> str:
        numbers = ", ".join(map(str, ordinals))
        return f"DELETE FROM {self.staged(name)} WHERE {ORDINAL} IN ({numbers})"

    def rows(self, of: str) -> str:
        """All planned columns of a table whose quoted name is `of`."""
        return f"SELECT {self.listed(self.table.column_names)} FROM {of}"

    def listed(self, columns: Sequence[str], alias: str = "") -> str:
        prefix = f"{alias}." if alias else ""
        return ", ".join(f"{prefix}{self.words.quote(column)}" for column in columns)

    def _those(self, name: str, there: str) -> tuple[str, str]:
        """The keys of the staged rows that have one there, and their removal."""
        which = f"{self.staged(name)} s WHERE EXISTS (SELECT 1 FROM {there})"
        return (
            f"SELECT {self.listed(self.table.key, 's')} FROM {which}",
            f"DELETE FROM {self.staged(name)} WHERE {ORDINAL} IN (SELECT s.{ORDINAL} FROM {which})",
        )

    def _same_key(self, one: str, other: str) -> str:
        parts = []
        for column, name in self._columns(self.table.key):
            mine, theirs = f"{one}.{name}", f"{other}.{name}"
            parts += [f"{mine} = {theirs}", self.words.exact(column, mine, theirs)]
        return " AND ".join(part for part in parts if part)

    def _alike(self, unique: Sequence[str], one: str, other: str) -> str:
        """As the engine compares them; its unique keys take two nulls for the same."""
        parts = []
        for column, name in self._columns(unique):
            equal = f"{one}.{name} = {other}.{name}"
            if not column.form.endswith("!"):
                equal = f"({equal} OR {one}.{name} IS NULL AND {other}.{name} IS NULL)"
            parts.append(equal)
        return " AND ".join(parts)

    def _columns(self, names: Sequence[str]) -> list[tuple[ColumnPlan, str]]:
        by_name = {column.target: column for column in self.table.columns}
        return [(by_name[name], self.words.quote(name)) for name in names]
