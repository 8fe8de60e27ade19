"""Keys that a PostgreSQL target drops or leaves unchecked, and tables taken exclusively."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.postgresql import (
    catalog,
)
from migrations_ui.transfer.engines.postgresql.introspection import PostgreSQLIntrospection
from migrations_ui.transfer.engines.postgresql.session import PostgreSQLSession
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.schema_editor import SchemaEditor
from migrations_ui.transfer.tables import (
    TablePlan,
)

SORT_MEMORY = "256MB"


class PostgreSQLSchemaEditor(SchemaEditor):
    """See `SchemaEditor`."""

    session: PostgreSQLSession
    introspection: PostgreSQLIntrospection
    exclusive_lock = "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE"
    deferral = KeyDeferral.DROPPED
    checks_by_statement = True

    def drop_indexes(self, table: TablePlan) -> list[tuple[str, str]]:
        with self.session.translated():
            deferred = catalog.deferrable_indexes(self.session.connection, table)
            for _, drop, _ in deferred:
                self.session.connection.execute(drop)
            return [
                (name, restore.as_string(self.session.connection)) for name, _, restore in deferred
            ]

    def restore(self, statements: Sequence[str]) -> None:
        if statements:
            # This transaction's own: what was dropped is not to be missing after a crash of the
            # server, when nobody comes to put it back; a sort that does not fit is half as slow
            # again.
            self.session.execute("SET LOCAL synchronous_commit = on")
            self.session.execute(f"SET LOCAL maintenance_work_mem = '{SORT_MEMORY}'")
            # What has a table space of its own is not dropped; a login's usual one is no part of
            # a definition either.
            self.session.execute("SET LOCAL default_tablespace = ''")
        with self.session.translated():
            for statement in statements:
                # No parameters, so that a percent sign in a definition stays one.
                self.session.connection.execute(statement)

    def defer_foreign_keys(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Dropped: what no order satisfies can be switched off by a superuser only."""
        with self.session.translated():
            found = catalog.read_foreign_keys(self.session.connection)
        keys = self.keys_to_defer(table, found, alone=alone)
        deferred: list[tuple[str, list[str]]] = []
        for key in keys:
            definition = found[key]
            it = sql.Identifier(table.name), sql.Identifier(key.name)
            self.session.count(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*it))
            restoring = [
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    *it, sql.SQL(definition.constraint)
                )
            ]
            if definition.comment is not None:
                restoring.append(
                    sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}").format(
                        *reversed(it), sql.Literal(definition.comment)
                    )
                )
            # One that never held for all rows comes back as it was.
            counting = [count_dangling(key, self.session.grammar.quote)] if definition.valid else []
            statements = [each.as_string(self.session.connection) for each in restoring]
            deferred.append((key.name, [*counting, *statements]))
        return deferred
