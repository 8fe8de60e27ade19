"""SQL Server's part of the statements about rows that meet."""

from __future__ import annotations

from collections.abc import Mapping

from migrations_ui.transfer.engines.sqlserver import words
from migrations_ui.transfer.engines.value_dialect import ValueGrammar
from migrations_ui.transfer.tables import TablePlan


class SQLServerGrammar(ValueGrammar):
    """See `dialect.Grammar`."""

    def __init__(self) -> None:
        super().__init__(words.WORDS)

    def create_like(self, table: TablePlan, name: str, more: Mapping[str, str]) -> tuple[str, ...]:
        columns = words.listed(table.column_names)
        none = f"SELECT {columns} FROM {self.quote(table.name)} WHERE 1 = 0"
        own = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in more.items())
        key = words.listed(table.key)
        # The union drops the identity property.
        return (
            f"SELECT {own}, x.* INTO {self.quote(name)} FROM ({none} UNION ALL {none}) x",
            f"CREATE INDEX lg_key ON {self.quote(name)} ({next(iter(more))}, {key})",
        )

    def first(self, query: str, count: int) -> str:
        return f"{query} OFFSET 0 ROWS FETCH NEXT {count} ROWS ONLY"

    def lock_conflicts(self, table: TablePlan, name: str) -> str:
        return (
            f"SELECT COUNT(*) FROM {self.quote(table.name)} t WITH (UPDLOCK, ROWLOCK) "
            f"JOIN {self.staged(table, name)} s ON {self.same_key(table, 't', 's')}"
        )

    def update_from(self, table: TablePlan, source: str, where: str) -> str:
        values = ", ".join(f"{name} = s.{name}" for name in self.settable(table))
        real = self.quote(table.name)
        return f"UPDATE t SET {values} FROM {real} t, {source} s WHERE {where}"
