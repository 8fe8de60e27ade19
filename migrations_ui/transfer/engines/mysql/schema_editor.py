"""Keys that a MySQL or MariaDB target drops or leaves unchecked, and tables taken exclusively."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.mysql import (
    renaming,
)
from migrations_ui.transfer.engines.mysql.introspection import MySQLIntrospection
from migrations_ui.transfer.engines.mysql.names import quote
from migrations_ui.transfer.engines.mysql.session import MySQLSession
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.schema_editor import SchemaEditor
from migrations_ui.transfer.errors import TargetError
from migrations_ui.transfer.tables import (
    TablePlan,
)


class MySQLSchemaEditor(SchemaEditor):
    """See `SchemaEditor`."""

    session: MySQLSession
    introspection: MySQLIntrospection

    control_suffix = " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    deferral = KeyDeferral.UNCHECKED
    checks_by_statement = False

    @contextmanager
    def exclusive(self, *names: str, quiet: str) -> Iterator[Mapping[str, str]]:
        """Under other names: locking tables takes a right of its own here, and dropping one ends
        the transaction. Whoever used one lets it go first; `quiet` is not kept still."""
        self._put_back()
        put_away = {name: renaming.away(name) for name in names}
        if put_away:
            self.session.execute(renaming.rename(put_away))
        try:
            yield put_away
        finally:
            there = self.introspection.table_names()
            back = {new: old for old, new in put_away.items() if renaming.bare(new) in there}
            if back:
                self.session.execute(renaming.rename(back))

    def defer_foreign_keys(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Nothing is dropped: that would be a commit of its own, which parts rows from their
        checkpoint, and InnoDB checks row by row, so one statement of all rows would not do either.
        The copy's sessions leave the table's foreign keys unchecked instead, all of them, and
        those of other servers check theirs as ever."""
        return [
            (key.name, [count_dangling(key, quote)])
            for key in self.introspection.foreign_keys()
            if key.table == table.name
        ]

    @contextmanager
    def foreign_keys_unchecked(self) -> Iterator[None]:
        self.session.execute("SET SESSION foreign_key_checks = 0")
        try:
            yield
        finally:
            # It ends with the connection as well.
            with contextlib.suppress(TargetError):
                self.session.execute("SET SESSION foreign_key_checks = 1")

    def _put_back(self) -> None:
        """What a killed worker had put away. Who missed it has made another meanwhile: then the
        one that was put away has no rows, or is left for a person to look at."""
        there = self.introspection.table_names()
        for name in sorted(there):
            if not name.startswith(renaming.AWAY):
                continue
            before = name.replace(renaming.AWAY, renaming.PREFIX, 1)
            if before not in there:
                self.session.execute(renaming.rename({quote(name): quote(before)}))
            elif self.introspection.is_empty(name):
                self.session.execute(f"DROP TABLE {quote(name)}")
