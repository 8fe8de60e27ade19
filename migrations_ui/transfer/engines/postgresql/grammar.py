"""PostgreSQL's part of the statements about rows that meet."""

from __future__ import annotations

from collections.abc import Mapping

from migrations_ui.transfer.tables import TablePlan


class PostgreSQLGrammar:
    """See `dialect.Grammar`. Collations here are deterministic: equal is equal bytes."""

    def quote(self, name: str) -> str:
        escaped = name.replace('"', '""')
        return f'"{escaped}"'

    def staged(self, table: TablePlan, name: str) -> str:
        return self.quote(name)

    def same_key(self, table: TablePlan, one: str, other: str) -> str:
        return " AND ".join(
            f"{one}.{self.quote(name)} = {other}.{self.quote(name)}" for name in table.key
        )

    def equal(self, table: TablePlan, one: str, other: str) -> str:
        values = " AND ".join(
            self.equal_value(table, name, one, other) for name in table.column_names
        )
        return f"({values})"

    def equal_value(self, table: TablePlan, column: str, one: str, other: str) -> str:
        name = self.quote(column)
        return f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}"

    def create_like(self, table: TablePlan, name: str, more: Mapping[str, str]) -> tuple[str, ...]:
        own = ", ".join(f"NULL::{kind} AS {column}" for column, kind in more.items())
        columns = ", ".join(map(self.quote, table.column_names))
        key = ", ".join(map(self.quote, table.key))
        return (
            (
                f"CREATE TABLE {self.quote(name)} AS SELECT {own}, {columns} "
                f"FROM {self.quote(table.name)} WITH NO DATA"
            ),
            f"CREATE INDEX ON {self.quote(name)} ({next(iter(more))}, {key})",
        )

    def first(self, query: str, count: int) -> str:
        return f"{query} LIMIT {count}"

    def lock_conflicts(self, table: TablePlan, name: str) -> str:
        return (
            f"SELECT count(*) FROM (SELECT 1 FROM {self.quote(table.name)} t "
            f"JOIN {self.staged(table, name)} s ON {self.same_key(table, 't', 's')} "
            "FOR UPDATE OF t) x"
        )

    def insert_into(self, table: TablePlan) -> str:
        columns = ", ".join(map(self.quote, table.column_names))
        # Identity columns GENERATED ALWAYS take the copied values as COPY would write them.
        return f"INSERT INTO {self.quote(table.name)} ({columns}) OVERRIDING SYSTEM VALUE"

    def update_from(self, table: TablePlan, source: str, where: str) -> str:
        values = ", ".join(
            f"{self.quote(name)} = s.{self.quote(name)}"
            for name in table.column_names
            if name not in table.key
        )
        return f"UPDATE {self.quote(table.name)} t SET {values} FROM {source} s WHERE {where}"
