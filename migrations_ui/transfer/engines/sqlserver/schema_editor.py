"""Keys that a SQL Server target drops or leaves unchecked, and tables taken exclusively."""

from __future__ import annotations

from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.schema_editor import SchemaEditor
from migrations_ui.transfer.engines.sqlserver import (
    foreign_keys,
    words,
)
from migrations_ui.transfer.engines.sqlserver.introspection import SQLServerIntrospection
from migrations_ui.transfer.engines.sqlserver.session import SQLServerSession
from migrations_ui.transfer.tables import TablePlan


class SQLServerSchemaEditor(SchemaEditor):
    """See `SchemaEditor`."""

    session: SQLServerSession
    introspection: SQLServerIntrospection
    exclusive_lock = "SELECT COUNT(*) FROM {} WITH (TABLOCKX, HOLDLOCK)"
    deferral = KeyDeferral.DISABLED
    # All rows of a chunk go in by one INSERT.
    checks_by_statement = True

    def defer_foreign_keys(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Switched off. One that is not trusted, and does not hold for all rows, comes back so."""
        keys = self.keys_to_defer(table, self.introspection.foreign_keys(), alone=alone)
        trusted = foreign_keys.trusted(self.session.execute(foreign_keys.FACTS))
        deferred: list[tuple[str, list[str]]] = []
        for key in keys:
            counting = count_dangling(key, words.quote)
            holds = (key.table, key.name) in trusted or self.session.execute(counting) == [(0,)]
            self.session.execute(foreign_keys.switch_off(key))
            restoring = foreign_keys.switch_on(key, checked=holds)
            deferred.append((key.name, [counting, restoring] if holds else [restoring]))
        return deferred
