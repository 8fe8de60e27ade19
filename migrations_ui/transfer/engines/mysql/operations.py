"""Rows into, within and out of a MySQL or MariaDB target."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

from migrations_ui.transfer.engines.base import KeyConflict
from migrations_ui.transfer.engines.mysql import (
    keyless,
    read_back,
    sequences,
    staging_sql,
)
from migrations_ui.transfer.engines.mysql.errors import DUPLICATE_CODES, refusal
from migrations_ui.transfer.engines.mysql.inserts import inserts
from migrations_ui.transfer.engines.mysql.introspection import MySQLIntrospection
from migrations_ui.transfer.engines.mysql.local_infile import local_infile, why_refused
from migrations_ui.transfer.engines.mysql.names import listed, quote
from migrations_ui.transfer.engines.mysql.session import MySQLSession
from migrations_ui.transfer.engines.operations import Operations, Sink, Spare
from migrations_ui.transfer.engines.references import rewrite_in_place
from migrations_ui.transfer.engines.row_keys import key_text
from migrations_ui.transfer.errors import TargetError
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    DifferenceKind,
    RowDifference,
    TablePlan,
)

PROBE = "lg_probe"


class MySQLOperations(Operations):
    """LOAD DATA LOCAL, or INSERT where the server refuses that; staging in temporary tables."""

    session: MySQLSession
    introspection: MySQLIntrospection
    back_syntax = BackSyntax.PACKED

    @property
    def row_syntax(self) -> RowSyntax:
        return RowSyntax.VALUES if self._why_no_file else RowSyntax.LOAD

    @property
    def remark(self) -> str:
        if not self._why_no_file:
            return ""
        return (
            f"The server takes no LOAD DATA LOCAL ({self._why_no_file}), so rows go in by INSERT, "
            "which is slower. Faster: SET GLOBAL local_infile = ON while servers are migrated."
        )

    def load(self, table: TablePlan) -> AbstractContextManager[Sink]:
        return self._into(quote(table.name), table)

    @contextmanager
    def staging(self, table: TablePlan, *names: str) -> Iterator[None]:
        for name in names:
            self.session.execute(staging_sql.drop(name))
            self.session.execute(staging_sql.create(table, name))
        try:
            yield
        finally:
            for name in names:
                # They end with the connection as well.
                with contextlib.suppress(TargetError):
                    self.session.execute(staging_sql.drop(name))

    @contextmanager
    def stage(self, table: TablePlan, name: str) -> Iterator[Sink]:
        self.session.change(f"DELETE FROM {quote(name)}")
        with self._into(quote(name), table) as sink:
            yield sink

    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        self.session.change(f"DELETE FROM {quote(name)}")
        marks = ", ".join(["%s"] * len(table.columns))
        # A percent sign in a name is none of the placeholders.
        columns = listed(table.column_names).replace("%", "%%")
        self.session.execute_many(f"INSERT INTO {quote(name)} ({columns}) VALUES ({marks})", rows)

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        if not table.key:
            self.session.change(staging_sql.insert(table, name))
            return []
        conflicts = self.session.execute(staging_sql.conflicts(table, name))
        if conflicts:
            self.session.change(staging_sql.drop_conflicts(table, name))
        (staged,) = self.session.execute(f"SELECT COUNT(*) FROM {quote(name)}")[0]
        inserted = self.session.change(staging_sql.insert(table, name, ignore=True))
        if inserted < staged:
            self._refuse_what_is_no_duplicate()
            # Another unique key of the table, or two keys that are one without regard to case.
            refused = self.session.execute(staging_sql.left_out(table, name))
            if inserted + len(refused) != staged:
                raise KeyConflict
            conflicts += refused
        return conflicts

    def _refuse_what_is_no_duplicate(self) -> None:
        """IGNORE leaves out more than duplicates: rows whose parents are missing, for one."""
        for _, code, said in self.session.execute("SHOW WARNINGS"):
            if code not in DUPLICATE_CODES:
                raise refusal(code, said)

    def delete_staged(self, table: TablePlan, name: str) -> int:
        if table.key:
            return self.session.change(staging_sql.delete_by_key(table, name))
        return keyless.delete_whole_rows(self.session, table, name)

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        self.session.change(staging_sql.subtract(table, name, other))

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        self.session.change(staging_sql.drop_equal(table, name))
        if spare is not None:
            spare()
        if any(key.parent == table.name for key in self.introspection.foreign_keys()):
            return rewrite_in_place(self.session, table, name)
        self.session.change(staging_sql.delete_by_key(table, name))
        return self.session.change(staging_sql.insert(table, name))

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        if not table.key:
            return self._compare_whole_rows(table, name, other, both_ways=both_ways, limit=limit)
        found: list[RowDifference] = []
        keys, total = self._some(staging_sql.missing(table, name, other), limit)
        found += [RowDifference(key_text(key), DifferenceKind.MISSING, ()) for key in keys]
        rows, count = self._some(staging_sql.differing(table, name, other), limit)
        total += count
        width = len(table.key)
        for row in rows:
            pairs = zip(table.column_names, row[width:], strict=True)
            columns = tuple(column for column, differs in pairs if differs)
            found.append(RowDifference(key_text(row[:width]), DifferenceKind.DIFFERS, columns))
        if both_ways:
            keys, count = self._some(staging_sql.unexpected(table, name, other), limit)
            total += count
            found += [RowDifference(key_text(key), DifferenceKind.EXTRA, ()) for key in keys]
        return sorted(found, key=lambda difference: difference.key)[:limit], total

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        yield from read_back.blocks(self.session.connection, table)

    def finish_load(self, table: TablePlan) -> None:
        """Columns that count follow the rows by themselves; what a default names does not."""
        sequences.advance(self.session.execute, table.name)

    @cached_property
    def _why_no_file(self) -> str:
        self.session.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {PROBE} (a INT) ENGINE=InnoDB")
        return why_refused(self.session.connection, PROBE)

    @cached_property
    def _longest_packet(self) -> int:
        return int(self.session.execute("SELECT @@SESSION.max_allowed_packet")[0][0])

    def _into(self, name: str, table: TablePlan) -> AbstractContextManager[Sink]:
        columns = f"({listed(table.column_names)})"
        if self.row_syntax is RowSyntax.LOAD:
            return local_infile(self.session.connection, name, columns)
        return inserts(self.session.connection, name, columns, longest=self._longest_packet)

    def _some(self, query: str, limit: int) -> tuple[list[tuple[Any, ...]], int]:
        """The first rows of a query, and how many it has."""
        rows = self.session.execute(query, most=limit)
        if len(rows) < limit:
            return rows, len(rows)
        return rows, int(self.session.execute(f"SELECT COUNT(*) FROM ({query}) q")[0][0])

    def _compare_whole_rows(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        found: list[RowDifference] = []
        total = 0
        for shown, surplus in self.session.execute(
            staging_sql.compare_whole_rows(table, name, other)
        ):
            if surplus < 0 and not both_ways:
                continue
            kind = DifferenceKind.MISSING if surplus > 0 else DifferenceKind.EXTRA
            total += abs(surplus)
            copies = min(abs(surplus), limit - len(found))
            found += [RowDifference(shown, kind, ()) for _ in range(copies)]
        return found, total
