"""What SQL Server's catalogue says of a target: tables, keys, limits, locks."""

from __future__ import annotations

from collections.abc import Mapping

from migrations_ui.transfer.engines.sqlserver import (
    catalog,
    foreign_keys,
    obstacles,
    words,
)
from migrations_ui.transfer.engines.sqlserver.session import SQLServerSession
from migrations_ui.transfer.engines.value_introspection import ValueIntrospection
from migrations_ui.transfer.obstacles import IndexLimit, TargetProblem, gathered
from migrations_ui.transfer.tables import ForeignKey, TablePlan, TargetTable


class SQLServerIntrospection(ValueIntrospection):
    """See `ValueIntrospection`."""

    session: SQLServerSession
    foreign_key_query = catalog.FOREIGN_KEYS

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(
            self.session.execute(catalog.COLUMNS), self.session.execute(catalog.PARENTS)
        )

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        return gathered(self.session.execute(obstacles.OBSTACLES), self.user, obstacles.KINDS)

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        return obstacles.read_index_limits(self.session.execute(obstacles.INDEXES))

    def table_names(self) -> frozenset[str]:
        return frozenset(name.casefold() for (name,) in self.session.execute(catalog.TABLES))

    def table_bytes(self) -> dict[str, int]:
        return {name.casefold(): int(size) for name, size in self.session.execute(catalog.BYTES)}

    def is_empty(self, table: str) -> bool:
        return not self.session.execute(f"SELECT TOP (1) 1 FROM {words.quote(table)}")

    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        return catalog.read_unique_keys(self.session.execute(catalog.UNIQUE_KEYS, [table.name]))

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        return foreign_keys.as_allowed(
            super().foreign_keys(), self.session.execute(foreign_keys.FACTS)
        )
