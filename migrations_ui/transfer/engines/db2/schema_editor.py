"""Keys that a Db2 target drops or leaves unchecked, and tables taken exclusively."""

from __future__ import annotations

from migrations_ui.transfer.engines.db2 import foreign_keys, words
from migrations_ui.transfer.engines.db2.introspection import Db2Introspection
from migrations_ui.transfer.engines.db2.session import Db2Session
from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.schema_editor import SchemaEditor
from migrations_ui.transfer.tables import TablePlan


class Db2SchemaEditor(SchemaEditor):
    """See `SchemaEditor`."""

    session: Db2Session
    introspection: Db2Introspection
    exclusive_lock = "LOCK TABLE {} IN EXCLUSIVE MODE"
    deferral = KeyDeferral.DROPPED
    # An array is a statement for each row; and the error -533, of an INSERT of several rows into a
    # table that refers to itself, is not known to be one of z/OS only.
    checks_by_statement = False

    def defer_foreign_keys(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Dropped, in the transaction, as everything here: nothing commits by itself."""
        keys = self.keys_to_defer(table, self.introspection.foreign_keys(), alone=alone)
        rules = foreign_keys.read_rules(self.session.execute(foreign_keys.RULES, [table.name]))
        for key in keys:
            self.session.execute(foreign_keys.drop(key))
        deferred: list[tuple[str, list[str]]] = []
        for key in keys:
            rule = rules[key.name]
            restoring = [foreign_keys.make(key, rule), *foreign_keys.comment(key, rule)]
            deferred.append((key.name, [count_dangling(key, words.quote), *restoring]))
        return deferred
