"""The flow that SQL Server and Db2 share, on an engine that is at hand.

SQLite takes the shared statements as they are, and its collations fold case or disregard trailing
blanks as theirs do. It stands for neither: only the flow and the shared SQL are tried on it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from django.db import Error, IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict
from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.row_sink import Rows
from migrations_ui.transfer.engines.schema_editor import SchemaEditor
from migrations_ui.transfer.engines.set_statements import ORDINAL, SetDialect
from migrations_ui.transfer.engines.value_dialect import ValueGrammar, is_text, staging_name
from migrations_ui.transfer.engines.value_introspection import ValueIntrospection
from migrations_ui.transfer.engines.value_operations import ValueOperations
from migrations_ui.transfer.engines.value_session import ValueSession
from migrations_ui.transfer.errors import TargetError, TargetRefused
from migrations_ui.transfer.tables import ColumnPlan, TablePlan, TargetColumn, TargetTable
from pools.databases.connection import DatabaseLogin

FORMS = {"TEXT": "text", "INTEGER": "int8", "DECIMAL": "numeric:12:3", "BLOB": "bytea"}
FORMS["VARCHAR(5)"] = "varchar:5"

sqlite3.register_adapter(Decimal, str)


def quote(name: str) -> str:
    return f"[{name}]"


def staged(table: TablePlan, name: str) -> str:
    return quote(staging_name(table, name))


def exact(column: ColumnPlan, one: str, other: str) -> str:
    return f"HEX({one}) = HEX({other})" if is_text(column) else ""


WORDS = SetDialect(quote=quote, staged=staged, exact=exact)


class SQLiteGrammar(ValueGrammar):
    def create_like(self, table: TablePlan, name: str, more: Mapping[str, str]) -> tuple[str, ...]:
        own = ", ".join(f"NULL AS {column}" for column in more)
        columns = ", ".join(map(quote, table.column_names))
        made = f"SELECT {own}, {columns} FROM {quote(table.name)} WHERE 0"  # noqa: S608
        return (f"CREATE TABLE {quote(name)} AS {made}",)

    def first(self, query: str, count: int) -> str:
        return f"{query} LIMIT {count}"

    def lock_conflicts(self, table: TablePlan, name: str) -> str:
        return (
            f"SELECT COUNT(*) FROM {quote(table.name)} t JOIN {staged(table, name)} s "  # noqa: S608
            f"ON {self.same_key(table, 't', 's')}"
        )

    def update_from(self, table: TablePlan, source: str, where: str) -> str:
        values = ", ".join(f"{name} = s.{name}" for name in self.settable(table))
        return f"UPDATE {quote(table.name)} AS t SET {values} FROM {source} s WHERE {where}"  # noqa: S608


class SQLiteSession(ValueSession):
    words = WORDS
    grammar = SQLiteGrammar(WORDS)

    def trouble(self, error: Error) -> TargetError:
        if isinstance(error, IntegrityError) and "UNIQUE" in str(error):
            return KeyConflict()
        return ConnectionGone() if "locked" in str(error) else TargetRefused(str(error))


class SQLiteIntrospection(ValueIntrospection):
    foreign_key_query = """
        SELECT m.name || '_' || f.id, m.name, f."table", f."from", f."to"
          FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
         WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq
    """

    def tables(self) -> tuple[TargetTable, ...]:
        keys = self.foreign_keys()
        return tuple(
            TargetTable(
                table,
                tuple(
                    TargetColumn(name, kind, FORMS[kind], not required, default is not None)
                    for _, name, kind, required, default, _ in self.session.execute(
                        f"PRAGMA table_info({quote(table)})"
                    )
                ),
                tuple(key.parent for key in keys if key.table == table),
            )
            for table in self.table_names()
            if not table.startswith("lg_")
        )

    def table_names(self) -> frozenset[str]:
        rows = self.session.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return frozenset(name for (name,) in rows)

    def table_bytes(self) -> dict[str, int]:
        return {}

    def is_empty(self, table: str) -> bool:
        return not self.session.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")  # noqa: S608

    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        return [
            tuple(name for *_, name in self.session.execute(f"PRAGMA index_info({quote(index)})"))
            for _, index, unique, *_ in self.session.execute(
                f"PRAGMA index_list({quote(table.name)})"
            )
            if unique
        ]


class SQLiteOperations(ValueOperations):
    batch_rows = 1_000

    def create_staging(self, table: TablePlan, name: str) -> tuple[str, ...]:
        ((made,),) = self.session.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table.name]
        )
        planned = set(table.column_names)
        columns = [
            line.strip().replace("NOT NULL", "")
            for line in made[made.index("(") + 1 : made.rindex(")")].split(",\n")
            if line.strip().split(" ")[0] in planned
        ]
        defined = ", ".join([f"{ORDINAL} INTEGER PRIMARY KEY", *columns])
        return (f"CREATE TABLE {staged(table, name)} ({defined})",)

    def put(self, table: TablePlan, into: str, rows: Rows) -> None:
        self.session.execute_many(self._sets(table).insert_values(into), rows)

    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        placed = f"SELECT rowid, {self._sets(table).listed(table.column_names)} "
        return self.delete_places(
            *(table, name, f"{placed} FROM {quote(table.name)}"),
            f"DELETE FROM {quote(table.name)} WHERE rowid = %s",  # noqa: S608
        )

    def finish_load(self, table: TablePlan) -> None:
        pass


class SQLiteSchemaEditor(SchemaEditor):
    # Who writes keeps everybody else out of the whole file.
    exclusive_lock = "DELETE FROM {} WHERE 0"
    # As SQL Server's, where its foreign keys stay in force.
    deferral = KeyDeferral.AT_ONCE
    checks_by_statement = True

    def defer_foreign_keys(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        return []


class SQLiteTarget(SQLiteSession):
    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self.introspection = SQLiteIntrospection(self)
        self.operations = SQLiteOperations(self, self.introspection)
        self.schema_editor = SQLiteSchemaEditor(self, self.introspection)


@contextmanager
def open_target(login: DatabaseLogin, *, lock_seconds: int = 0) -> Iterator[SQLiteTarget]:
    entry = {"ENGINE": "django.db.backends.sqlite3", "NAME": login.name}
    backend = ConnectionHandler({"default": entry})["default"]
    backend.ensure_connection()
    assert lock_seconds >= 0, "SQLite waits as long as its driver likes"
    try:
        yield SQLiteTarget(backend)
    finally:
        backend.close()
