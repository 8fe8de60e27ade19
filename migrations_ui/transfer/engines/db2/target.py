"""A Db2 target: arrays of parameters straight into the table, beside their checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import Error

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.db2 import arrays, catalog, foreign_keys, obstacles, words
from migrations_ui.transfer.engines.db2.errors import trouble
from migrations_ui.transfer.engines.db2.grammar import Db2Grammar
from migrations_ui.transfer.engines.key_deferral import KeyDeferral, keys_to_defer
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.row_sink import Rows
from migrations_ui.transfer.engines.session import marked
from migrations_ui.transfer.engines.value_target import ValueTarget
from migrations_ui.transfer.errors import TargetError
from migrations_ui.transfer.obstacles import NameLimit, TargetProblem, gathered
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from migrations_ui.transfer.tables import ForeignKey, TablePlan, TargetTable
from pools.databases.connection import DatabaseLogin, open_connection


@contextmanager
def open_target(login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS) -> Iterator[Db2Target]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login) as backend:
        target = Db2Target(backend)
        target.execute(f"SET CURRENT LOCK TIMEOUT {lock_seconds}")
        yield target


class Db2Target(ValueTarget):
    """See `loaders.base.Target`."""

    words = words.WORDS
    grammar = Db2Grammar()
    foreign_key_query = catalog.FOREIGN_KEYS
    batch_rows = 10_000
    name_limit = NameLimit(128, "bytes")
    aside = KeyDeferral.DROPPED
    # An array is a statement for each row; and the error -533, of an INSERT of several rows into a
    # table that refers to itself, is not known to be one of z/OS only.
    checks_by_statement = False
    session_marks = session_marks.DB2
    remark = (
        "This way into Db2 was made without a server to try it on: look at the verification "
        "before you cut over."
    )

    def trouble(self, error: Error) -> TargetError:
        return trouble(error)

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self._columns(), self.execute(catalog.PARENTS))

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        rows = self.execute(obstacles.OBSTACLES)
        stripped = [(name.strip(), about.strip(), of) for name, about, of in rows]
        return gathered(stripped, self.user, obstacles.KINDS)

    def table_names(self) -> frozenset[str]:
        return frozenset(name.casefold() for (name,) in self.execute(catalog.TABLES))

    def table_bytes(self) -> dict[str, int]:
        return {name.casefold(): int(size) for name, size in self.execute(catalog.BYTES)}

    def lock_alone(self, table: str) -> str:
        return f"LOCK TABLE {table} IN EXCLUSIVE MODE"

    def is_empty(self, table: str) -> bool:
        return not self.execute(f"SELECT 1 FROM {words.quote(table)} FETCH FIRST 1 ROW ONLY")

    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        return catalog.read_unique_keys(self.execute(catalog.UNIQUE_KEYS, [table.name]))

    def create_staging(self, table: TablePlan, name: str) -> tuple[str, ...]:
        types = {
            column.name: column.type
            for found in catalog.read_tables(self._columns())
            if found.name == table.name
            for column in found.columns
        }
        return (words.create_staging(table, types, name),)

    def put(self, table: TablePlan, into: str, rows: Rows) -> None:
        statement = marked(self._sets(table).insert_values(into))
        arrays.insert(self.backend.connection.conn_handler, statement, rows)

    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        return self.delete_places(table, name, words.whole_rows(table), words.delete_at(table))

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        keys = super().foreign_keys()
        if not keys or self.execute(foreign_keys.IS_ADMINISTRATOR)[0][0]:
            return keys
        return foreign_keys.as_allowed(keys, self.execute(foreign_keys.RIGHTS))

    def defer(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Dropped, in the transaction, as everything here: nothing commits by itself."""
        keys = keys_to_defer(
            *(self.aside, table, self.foreign_keys()),
            alone=alone,
            by_statement=self.checks_by_statement,
        )
        rules = foreign_keys.read_rules(self.execute(foreign_keys.RULES, [table.name]))
        for key in keys:
            self.execute(foreign_keys.drop(key))
        aside: list[tuple[str, list[str]]] = []
        for key in keys:
            rule = rules[key.name]
            restoring = [foreign_keys.make(key, rule), *foreign_keys.comment(key, rule)]
            aside.append((key.name, [count_dangling(key, words.quote), *restoring]))
        return aside

    def _columns(self) -> list[tuple[Any, ...]]:
        ((has_units,),) = self.execute(catalog.HAS_UNITS)
        units = catalog.UNITS if has_units else catalog.NO_UNITS
        return self.execute(catalog.COLUMNS.format(units=units))

    def finish_load(self, table: TablePlan) -> None:
        """Identity columns go on after the copied numbers, and never backwards. A number outside
        of such a column's own bounds is none that it will ever give."""
        identities = self.execute(catalog.IDENTITIES, [table.name])
        for column, following, step, least, most in identities:
            if column not in table.column_names:
                continue
            rising, bounds = step > 0, (int(least), int(most))
            ((last,),) = self.execute(words.furthest(table.name, column, *bounds, rising=rising))
            if last is None or (last < following if rising else last > following):
                continue
            if least <= last + step <= most:
                self.execute(words.restart_identity(table.name, column, int(last + step)))
