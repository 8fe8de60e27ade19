"""Db2's part of the statements about rows that meet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from migrations_ui.transfer.engines.db2 import words
from migrations_ui.transfer.engines.pgcopy import arguments_of
from migrations_ui.transfer.engines.value_dialect import ValueGrammar, is_bytes, is_text
from migrations_ui.transfer.tables import ColumnPlan, TablePlan

# HEX doubles the length, and gives a VARCHAR; a longer value is compared as a large object.
LONGEST_HEX = 16_000


class Db2Grammar(ValueGrammar):
    """See `dialect.Grammar`."""

    def __init__(self) -> None:
        super().__init__(words.WORDS)

    def same_value(self, column: ColumnPlan, one: str, other: str) -> str:
        """Large objects cannot be compared by `=`."""
        arguments = arguments_of(column.form)
        if (is_text(column) or is_bytes(column)) and (not arguments or arguments[0] > LONGEST_HEX):
            name = self.quote(column.target)
            return f"DBMS_LOB.COMPARE({one}.{name}, {other}.{name}) = 0"
        return super().same_value(column, one, other)

    def create_like(self, table: TablePlan, name: str, more: Mapping[str, str]) -> tuple[str, ...]:
        own = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in more.items())
        columns = ", ".join(map(self.quote, table.column_names))
        key = ", ".join(map(self.quote, table.key))
        index = f"lg_key_{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"
        return (
            (
                f"CREATE TABLE {self.quote(name)} AS (SELECT {own}, {columns} "
                f"FROM {self.quote(table.name)}) WITH NO DATA"
            ),
            f"CREATE INDEX {index} ON {self.quote(name)} ({next(iter(more))}, {key})",
        )

    def first(self, query: str, count: int) -> str:
        return f"{query} FETCH FIRST {count} ROWS ONLY"

    def lock_conflicts(self, table: TablePlan, name: str) -> str:
        real = self.quote(table.name)
        return (
            f"SELECT COUNT(*) FROM (SELECT 1 AS n FROM {real} t "
            f"JOIN {self.staged(table, name)} s ON {self.same_key(table, 't', 's')}) x "
            "WITH RS USE AND KEEP UPDATE LOCKS"
        )

    def update_from(self, table: TablePlan, source: str, where: str) -> str:
        names = self.settable(table)
        values = ", ".join(f"s.{name}" for name in names)
        found = f"FROM {source} s WHERE {where}"
        return (
            f"UPDATE {self.quote(table.name)} t SET ({', '.join(names)}) = (SELECT {values} "
            f"{found}) WHERE EXISTS (SELECT 1 {found})"
        )
