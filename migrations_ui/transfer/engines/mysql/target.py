"""A MySQL or MariaDB target: LOAD DATA LOCAL in, strings out, and transactions that carry the
checkpoint.

The server commits by itself at most statements that define something. None is sent inside a
transaction, but for temporary tables, which do not: rows and their checkpoint stay together. So
keys stay as they are: dropping one would be a commit of its own, and the rows of InnoDB live in
their primary key anyway.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from MySQLdb.constants import CLIENT

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.base import KeyConflict, Sink, Spare
from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.mysql import (
    catalog,
    keyless,
    locks,
    obstacles,
    read_back,
    renaming,
    sequences,
    staging,
)
from migrations_ui.transfer.engines.mysql.errors import DUPLICATE_CODES, refusal, translated
from migrations_ui.transfer.engines.mysql.grammar import MySQLGrammar
from migrations_ui.transfer.engines.mysql.inserts import inserts
from migrations_ui.transfer.engines.mysql.local_infile import local_infile, why_refused
from migrations_ui.transfer.engines.mysql.names import listed, quote
from migrations_ui.transfer.engines.references import count_dangling, rewrite_in_place
from migrations_ui.transfer.engines.row_keys import key_text
from migrations_ui.transfer.errors import TargetError, TargetRefused
from migrations_ui.transfer.obstacles import (
    IndexLimit,
    NameLimit,
    TargetProblem,
    gathered,
)
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    DifferenceKind,
    ForeignKey,
    RowDifference,
    TablePlan,
    TargetTable,
)
from pools.databases.connection import DatabaseLogin, open_connection

PROBE = "lg_probe"
# READ COMMITTED: each statement sees what is committed when it starts, so a lane that waited for
# a twin's commit sees it; and it locks no gaps between keys, in which the pool's servers insert.
# The server is said that files may come; the library refuses all but our own rows (own_stream).
OPTIONS = {
    "client_flag": CLIENT.FOUND_ROWS | CLIENT.LOCAL_FILES,
    "isolation_level": "read committed",
}
# Strict, so that nothing is cut or changed to fit; a zero stays a zero in a column that counts;
# times are the reader's UTC. A throttled chunk may say nothing for long.
# Comments that only one of the two reads: a limit meant for applications must not end a chunk.
SESSION = """
    SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO',
        SESSION time_zone = '+00:00',
        SESSION net_read_timeout = 3600, SESSION net_write_timeout = 3600,
        SESSION innodb_lock_wait_timeout = {lock_seconds},
        SESSION lock_wait_timeout = {lock_seconds}
        /*M! , SESSION max_statement_time = 0 */ /*!50708 , SESSION max_execution_time = 0 */
"""


@contextmanager
def open_target(login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS) -> Iterator[MySQLTarget]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login, options=OPTIONS) as backend:
        target = MySQLTarget(backend)
        target.execute(SESSION.format(lock_seconds=lock_seconds))
        yield target


class MySQLTarget:
    """See `loaders.base.Target`."""

    control_suffix = " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    back_syntax = BackSyntax.PACKED
    grammar = MySQLGrammar()
    name_limit = NameLimit(64, "characters")
    aside = KeyDeferral.UNCHECKED
    checks_by_statement = False
    session_marks = session_marks.MYSQL

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        self.backend = backend
        self._connection: Any = backend.connection

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

    def tables(self) -> tuple[TargetTable, ...]:
        return catalog.read_tables(self.execute)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        return catalog.read_foreign_keys(self.execute)

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        user = str(self.backend.settings_dict["USER"])
        return gathered(self.execute(obstacles.OBSTACLES), user, obstacles.KINDS)

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        """None: an index that cannot hold its columns' longest values is not made there."""
        return {}

    def refused_by_index(
        self, table: TablePlan, limit: IndexLimit, write: Callable[[Sink], None], *, most: int
    ) -> None:
        return None

    def pinned(self, table: str) -> TargetTable | None:
        # No row is read or locked; but whoever alters the table waits for the transaction's end.
        try:
            self.execute(f"SELECT 1 FROM {quote(table)} LIMIT 0 FOR UPDATE")
        except TargetRefused:
            if catalog.read_table(self.execute, table) is None:
                return None
            raise
        return catalog.read_table(self.execute, table)

    def who_locks(self, table: str) -> str:
        ((database,),) = self.execute("SELECT DATABASE()")
        return locks.holders(self.execute, table, database)

    def table_names(self) -> frozenset[str]:
        rows = self.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        return frozenset(name.casefold() for (name,) in rows)

    def table_bytes(self) -> dict[str, int]:
        self.execute(catalog.FRESH_FIGURES)
        return {name.casefold(): int(size or 0) for name, size in self.execute(catalog.BYTES)}

    @contextmanager
    def apart(self, *names: str, quiet: str) -> Iterator[Mapping[str, str]]:
        """Under other names: locking tables takes a right of its own here, and dropping one ends
        the transaction. Whoever used one lets it go first; `quiet` is not kept still."""
        self._put_back()
        put_away = {name: renaming.away(name) for name in names}
        if put_away:
            self.execute(renaming.rename(put_away))
        try:
            yield put_away
        finally:
            there = self.table_names()
            back = {new: old for old, new in put_away.items() if renaming.bare(new) in there}
            if back:
                self.execute(renaming.rename(back))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.execute("START TRANSACTION")
        try:
            yield
        except BaseException:
            # Broken connections have rolled back already; the first error is the one to report.
            with contextlib.suppress(TargetError):
                self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        limited = statement if most is None else f"{statement} LIMIT {most}"
        with translated(), self._connection.cursor() as cursor:
            # Without parameters, a percent sign stays one.
            cursor.execute(limited, list(parameters) or None)
            return list(cursor.fetchall()) if cursor.description else []

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        # Django asks for the rows found, not for those changed.
        with translated(), self._connection.cursor() as cursor:
            return int(cursor.execute(statement, list(parameters) or None))

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with translated(), self._connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    def is_empty(self, table: str) -> bool:
        return self.execute(f"SELECT EXISTS (SELECT 1 FROM {quote(table)})") == [(0,)]

    def load(self, table: TablePlan) -> AbstractContextManager[Sink]:
        return self._into(quote(table.name), table)

    @contextmanager
    def staging(self, table: TablePlan, *names: str) -> Iterator[None]:
        for name in names:
            self.execute(staging.drop(name))
            self.execute(staging.create(table, name))
        try:
            yield
        finally:
            for name in names:
                # They end with the connection as well.
                with contextlib.suppress(TargetError):
                    self.execute(staging.drop(name))

    @contextmanager
    def staging_held(
        self, table: TablePlan, name: str, lock_position: Callable[[], object]
    ) -> Iterator[None]:
        with self.staging(table, name), self.transaction():
            lock_position()
            yield

    @contextmanager
    def stage(self, table: TablePlan, name: str) -> Iterator[Sink]:
        self.change(f"DELETE FROM {quote(name)}")
        with self._into(quote(name), table) as sink:
            yield sink

    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        self.change(f"DELETE FROM {quote(name)}")
        marks = ", ".join(["%s"] * len(table.columns))
        # A percent sign in a name is none of the placeholders.
        columns = listed(table.column_names).replace("%", "%%")
        self.execute_many(f"INSERT INTO {quote(name)} ({columns}) VALUES ({marks})", rows)

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        if not table.key:
            self.change(staging.insert(table, name))
            return []
        conflicts = self.execute(staging.conflicts(table, name))
        if conflicts:
            self.change(staging.drop_conflicts(table, name))
        (staged,) = self.execute(f"SELECT COUNT(*) FROM {quote(name)}")[0]
        inserted = self.change(staging.insert(table, name, ignore=True))
        if inserted < staged:
            self._refuse_what_is_no_duplicate()
            # Another unique key of the table, or two keys that are one without regard to case.
            refused = self.execute(staging.left_out(table, name))
            if inserted + len(refused) != staged:
                raise KeyConflict
            conflicts += refused
        return conflicts

    def _refuse_what_is_no_duplicate(self) -> None:
        """IGNORE leaves out more than duplicates: rows whose parents are missing, for one."""
        for _, code, said in self.execute("SHOW WARNINGS"):
            if code not in DUPLICATE_CODES:
                raise refusal(code, said)

    def delete_staged(self, table: TablePlan, name: str) -> int:
        if table.key:
            return self.change(staging.delete_by_key(table, name))
        return keyless.delete_whole_rows(self, table, name)

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        self.change(staging.subtract(table, name, other))

    def discard_staged(self, name: str, statement: str) -> int:
        return self.change(statement)

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        self.change(staging.drop_equal(table, name))
        if spare is not None:
            spare()
        if any(key.parent == table.name for key in self.foreign_keys()):
            return rewrite_in_place(self, table, name)
        self.change(staging.delete_by_key(table, name))
        return self.change(staging.insert(table, name))

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        if not table.key:
            return self._compare_whole_rows(table, name, other, both_ways=both_ways, limit=limit)
        found: list[RowDifference] = []
        keys, total = self._some(staging.missing(table, name, other), limit)
        found += [RowDifference(key_text(key), DifferenceKind.MISSING, ()) for key in keys]
        rows, count = self._some(staging.differing(table, name, other), limit)
        total += count
        width = len(table.key)
        for row in rows:
            pairs = zip(table.column_names, row[width:], strict=True)
            columns = tuple(column for column, differs in pairs if differs)
            found.append(RowDifference(key_text(row[:width]), DifferenceKind.DIFFERS, columns))
        if both_ways:
            keys, count = self._some(staging.unexpected(table, name, other), limit)
            total += count
            found += [RowDifference(key_text(key), DifferenceKind.EXTRA, ()) for key in keys]
        return sorted(found, key=lambda difference: difference.key)[:limit], total

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        yield from read_back.blocks(self._connection, table)

    def defer_keys(self, table: TablePlan) -> list[tuple[str, str]]:
        return []

    def restore_keys(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.execute(statement)

    def keys_part(self, table: str) -> float:
        return 0.0

    def defer(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """Nothing is dropped: that would be a commit of its own, which parts rows from their
        checkpoint, and InnoDB checks row by row, so one statement of all rows would not do either.
        The copy's sessions leave the table's foreign keys unchecked instead, all of them, and
        those of other servers check theirs as ever."""
        return [
            (key.name, [count_dangling(key, quote)])
            for key in self.foreign_keys()
            if key.table == table.name
        ]

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        self.execute("SET SESSION foreign_key_checks = 0")
        try:
            yield
        finally:
            # It ends with the connection as well.
            with contextlib.suppress(TargetError):
                self.execute("SET SESSION foreign_key_checks = 1")

    def finish_load(self, table: TablePlan) -> None:
        """Columns that count follow the rows by themselves; what a default names does not."""
        sequences.advance(self.execute, table.name)

    def _put_back(self) -> None:
        """What a killed worker had put away. Who missed it has made another meanwhile: then the
        one that was put away has no rows, or is left for a person to look at."""
        there = self.table_names()
        for name in sorted(there):
            if not name.startswith(renaming.AWAY):
                continue
            before = name.replace(renaming.AWAY, renaming.PREFIX, 1)
            if before not in there:
                self.execute(renaming.rename({quote(name): quote(before)}))
            elif self.is_empty(name):
                self.execute(f"DROP TABLE {quote(name)}")

    @cached_property
    def _why_no_file(self) -> str:
        self.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {PROBE} (a INT) ENGINE=InnoDB")
        return why_refused(self._connection, PROBE)

    @cached_property
    def _longest_packet(self) -> int:
        return int(self.execute("SELECT @@SESSION.max_allowed_packet")[0][0])

    def _into(self, name: str, table: TablePlan) -> AbstractContextManager[Sink]:
        columns = f"({listed(table.column_names)})"
        if self.row_syntax is RowSyntax.LOAD:
            return local_infile(self._connection, name, columns)
        return inserts(self._connection, name, columns, longest=self._longest_packet)

    def _some(self, query: str, limit: int) -> tuple[list[tuple[Any, ...]], int]:
        """The first rows of a query, and how many it has."""
        rows = self.execute(query, most=limit)
        if len(rows) < limit:
            return rows, len(rows)
        return rows, int(self.execute(f"SELECT COUNT(*) FROM ({query}) q")[0][0])

    def _compare_whole_rows(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        found: list[RowDifference] = []
        total = 0
        for shown, surplus in self.execute(staging.compare_whole_rows(table, name, other)):
            if surplus < 0 and not both_ways:
                continue
            kind = DifferenceKind.MISSING if surplus > 0 else DifferenceKind.EXTRA
            total += abs(surplus)
            copies = min(abs(surplus), limit - len(found))
            found += [RowDifference(shown, kind, ()) for _ in range(copies)]
        return found, total
