"""The grammar that SQL Server and Db2 share, out of the words of `set_statements.py`."""

from __future__ import annotations

import hashlib

from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.engines.set_statements import SetDialect
from migrations_ui.transfer.tables import ColumnPlan, TablePlan


class ValueGrammar:
    """See `dialect.Grammar`; an engine fills in what is its own."""

    def __init__(self, words: SetDialect) -> None:
        self._words = words

    def quote(self, name: str) -> str:
        return self._words.quote(name)

    def staged(self, table: TablePlan, name: str) -> str:
        return self._words.staged(table, name)

    def same_key(self, table: TablePlan, one: str, other: str) -> str:
        return " AND ".join(
            self.same_value(table.columns[index], one, other) for index in table.key_indexes
        )

    def equal(self, table: TablePlan, one: str, other: str) -> str:
        return _never_null(
            " AND ".join(self._equal(column, one, other) for column in table.columns)
        )

    def equal_value(self, table: TablePlan, column: str, one: str, other: str) -> str:
        plan = next(each for each in table.columns if each.target == column)
        return _never_null(self._equal(plan, one, other))

    def insert_into(self, table: TablePlan) -> str:
        columns = ", ".join(map(self.quote, table.column_names))
        return f"INSERT INTO {self.quote(table.name)} ({columns})"

    def same_value(self, column: ColumnPlan, one: str, other: str) -> str:
        """True for equal bytes; perhaps null when a value is."""
        name = self.quote(column.target)
        mine, theirs = f"{one}.{name}", f"{other}.{name}"
        exact = self._words.exact(column, mine, theirs)
        return f"{mine} = {theirs} AND {exact}" if exact else f"{mine} = {theirs}"

    def settable(self, table: TablePlan) -> list[str]:
        """Everything but the key, quoted."""
        return [self.quote(name) for name in table.column_names if name not in table.key]

    def _equal(self, column: ColumnPlan, one: str, other: str) -> str:
        name = self.quote(column.target)
        same = self.same_value(column, one, other)
        if column.form.endswith("!"):
            return f"({same})"
        return f"(({same}) OR ({one}.{name} IS NULL AND {other}.{name} IS NULL))"


def _never_null(condition: str) -> str:
    return f"(CASE WHEN {condition} THEN 1 ELSE 0 END = 1)"


def staging_name(table: TablePlan, name: str) -> str:
    """A name of at most thirty characters that no other table's staging has."""
    return f"{name}_{hashlib.blake2b(table.name.encode(), digest_size=6).hexdigest()}"


def is_text(column: ColumnPlan) -> bool:
    return kind_of(column.form) in {"text", "varchar", "bpchar"}


def is_bytes(column: ColumnPlan) -> bool:
    return kind_of(column.form) == "bytea"
