"""What Db2's catalogue says of a target: tables, keys, limits, locks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrations_ui.transfer.engines.db2 import catalog, foreign_keys, obstacles, words
from migrations_ui.transfer.engines.db2.session import Db2Session
from migrations_ui.transfer.engines.value_introspection import ValueIntrospection
from migrations_ui.transfer.obstacles import NameLimit, TargetProblem, gathered
from migrations_ui.transfer.tables import ForeignKey, TablePlan, TargetTable


class Db2Introspection(ValueIntrospection):
    """See `ValueIntrospection`."""

    session: Db2Session
    foreign_key_query = catalog.FOREIGN_KEYS
    name_limit = NameLimit(128, "bytes")

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self.columns(), self.session.execute(catalog.PARENTS))

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        rows = self.session.execute(obstacles.OBSTACLES)
        stripped = [(name.strip(), about.strip(), of) for name, about, of in rows]
        return gathered(stripped, self.user, obstacles.KINDS)

    def table_names(self) -> frozenset[str]:
        return frozenset(name.casefold() for (name,) in self.session.execute(catalog.TABLES))

    def table_bytes(self) -> dict[str, int]:
        return {name.casefold(): int(size) for name, size in self.session.execute(catalog.BYTES)}

    def is_empty(self, table: str) -> bool:
        return not self.session.execute(
            f"SELECT 1 FROM {words.quote(table)} FETCH FIRST 1 ROW ONLY"
        )

    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        return catalog.read_unique_keys(self.session.execute(catalog.UNIQUE_KEYS, [table.name]))

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        keys = super().foreign_keys()
        if not keys or self.session.execute(foreign_keys.IS_ADMINISTRATOR)[0][0]:
            return keys
        return foreign_keys.as_allowed(keys, self.session.execute(foreign_keys.RIGHTS))

    def columns(self) -> list[tuple[Any, ...]]:
        """The catalogue's rows, one a column."""
        ((has_units,),) = self.session.execute(catalog.HAS_UNITS)
        units = catalog.UNITS if has_units else catalog.NO_UNITS
        return self.session.execute(catalog.COLUMNS.format(units=units))
