"""MySQL's part of the statements about rows that meet."""

from __future__ import annotations

from collections.abc import Mapping

from migrations_ui.transfer.engines.mysql import names, staging_sql
from migrations_ui.transfer.tables import TablePlan


class MySQLGrammar:
    """See `dialect.Grammar`. Each staging table is named once in a statement: MySQL
    opens no temporary table twice."""

    def quote(self, name: str) -> str:
        return names.quote(name)

    def staged(self, table: TablePlan, name: str) -> str:
        return names.quote(name)

    def same_key(self, table: TablePlan, one: str, other: str) -> str:
        return staging_sql.exactly_same_key(table, one, other)

    def equal(self, table: TablePlan, one: str, other: str) -> str:
        values = " AND ".join(staging_sql.equal(column, one, other) for column in table.columns)
        return f"({values})"

    def equal_value(self, table: TablePlan, column: str, one: str, other: str) -> str:
        plan = next(each for each in table.columns if each.target == column)
        return staging_sql.equal(plan, one, other)

    def create_like(self, table: TablePlan, name: str, more: Mapping[str, str]) -> tuple[str, ...]:
        own = ", ".join(f"{column} {kind}" for column, kind in more.items())
        # An index has room for so many columns; the first of `more` takes one of them.
        key = ", ".join(staging_sql.key_parts(table)[: staging_sql.MOST_KEY_COLUMNS - 1])
        return (
            (
                f"CREATE TABLE {self.quote(name)} ({own}, KEY lg_key ({next(iter(more))}, {key})) "
                f"ENGINE=InnoDB AS SELECT {', '.join(f'NULL AS {column}' for column in more)}, "
                f"{names.listed(table.column_names)} FROM {self.quote(table.name)} WHERE FALSE"
            ),
        )

    def first(self, query: str, count: int) -> str:
        return f"{query} LIMIT {count}"

    def lock_conflicts(self, table: TablePlan, name: str) -> str:
        return (
            f"SELECT COUNT(*) FROM {self.quote(table.name)} t JOIN {self.staged(table, name)} s "
            f"ON {self.same_key(table, 't', 's')} FOR UPDATE"
        )

    def insert_into(self, table: TablePlan) -> str:
        return f"INSERT INTO {self.quote(table.name)} ({names.listed(table.column_names)})"

    def update_from(self, table: TablePlan, source: str, where: str) -> str:
        values = ", ".join(
            f"t.{self.quote(name)} = s.{self.quote(name)}"
            for name in table.column_names
            if name not in table.key
        )
        return f"UPDATE {self.quote(table.name)} t, {source} s SET {values} WHERE {where}"
