"""What MySQL or MariaDB's catalogue says of a target: tables, keys, limits, locks."""

from __future__ import annotations

from collections.abc import Mapping

from migrations_ui.transfer.engines.introspection import Introspection
from migrations_ui.transfer.engines.mysql import (
    catalog,
    locks,
    obstacles,
)
from migrations_ui.transfer.engines.mysql.names import quote
from migrations_ui.transfer.engines.mysql.session import MySQLSession
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.obstacles import (
    NameLimit,
    TargetProblem,
    gathered,
)
from migrations_ui.transfer.tables import (
    ForeignKey,
    TargetTable,
)


class MySQLIntrospection(Introspection):
    """See `Introspection`."""

    session: MySQLSession
    name_limit = NameLimit(64, "characters")

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self.session.execute)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        return catalog.read_foreign_keys(self.session.execute)

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        return gathered(self.session.execute(obstacles.OBSTACLES), self.user, obstacles.KINDS)

    def lock_definition(self, table: str) -> TargetTable | None:
        # No row is read or locked; but whoever alters the table waits for the transaction's end.
        try:
            self.session.execute(f"SELECT 1 FROM {quote(table)} LIMIT 0 FOR UPDATE")
        except TargetRefused:
            if catalog.read_table(self.session.execute, table) is None:
                return None
            raise
        return catalog.read_table(self.session.execute, table)

    def lock_holders(self, table: str) -> str:
        ((database,),) = self.session.execute("SELECT DATABASE()")
        return locks.holders(self.session.execute, table, database)

    def table_names(self) -> frozenset[str]:
        rows = self.session.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        return frozenset(name.casefold() for (name,) in rows)

    def table_bytes(self) -> dict[str, int]:
        self.session.execute(catalog.FRESH_FIGURES)
        return {
            name.casefold(): int(size or 0) for name, size in self.session.execute(catalog.BYTES)
        }

    def is_empty(self, table: str) -> bool:
        return self.session.execute(f"SELECT EXISTS (SELECT 1 FROM {quote(table)})") == [(0,)]
