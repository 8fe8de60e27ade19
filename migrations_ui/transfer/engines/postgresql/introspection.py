"""What PostgreSQL's catalogue says of a target: tables, keys, limits, locks."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import errors, sql

from migrations_ui.transfer.engines.introspection import Introspection
from migrations_ui.transfer.engines.postgresql import (
    catalog,
    keys_progress,
    obstacles,
)
from migrations_ui.transfer.engines.postgresql.session import PostgreSQLSession
from migrations_ui.transfer.obstacles import IndexLimit, NameLimit, TargetProblem
from migrations_ui.transfer.tables import (
    ForeignKey,
    TargetTable,
)


class PostgreSQLIntrospection(Introspection):
    """See `Introspection`."""

    session: PostgreSQLSession
    name_limit = NameLimit(63, "bytes")

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self.session.connection)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        with self.session.translated():
            return tuple(catalog.read_foreign_keys(self.session.connection))

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        return obstacles.read_obstacles(
            self.session.execute(obstacles.RELATIONS),
            self.session.execute(obstacles.SEQUENCES),
            self.user,
        )

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        return obstacles.read_index_limits(self.session.execute(obstacles.INDEXES))

    def lock_definition(self, table: str) -> TargetTable | None:
        # The lock that COPY takes as well: whoever alters the table waits for its end.
        lock = sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE").format(sql.Identifier(table))
        with self.session.translated():
            try:
                self.session.connection.execute(lock)
            except errors.UndefinedTable:
                return None
            return catalog.read_table(self.session.connection, table)

    def lock_holders(self, table: str) -> str:
        with self.session.translated():
            holders = catalog.lock_holders(self.session.connection, table)
        if not holders:
            return "Who it was is not to be seen: it has let go since. Retry."
        return f"Locks on it now: {'; '.join(holders)}. Have them end, then retry."

    def table_names(self) -> frozenset[str]:
        rows = self.session.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        return frozenset(name.casefold() for (name,) in rows)

    def table_bytes(self) -> dict[str, int]:
        return dict(self.session.execute(catalog.BYTES))

    def is_empty(self, table: str) -> bool:
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        return self.session.rows(query) == [(False,)]

    def index_build_progress(self, table: str) -> float:
        rows = self.session.execute(keys_progress.ASKED, [table])
        return max((keys_progress.part_done(*row) for row in rows), default=0.0)
