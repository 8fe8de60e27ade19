"""The flow that SQL Server and Db2 share: rows decoded to values, staging in ordinary tables.

A staging table is named after the table that its rows are of, so a killed runner's is found and
dropped by its successor. Two corrections in one table take turns: each holds the table's position
(checkpoint.py) before it makes its own, in the same transaction (`staging_held`). A runner makes
its staging table first, because rows may come in by another connection; its twin drops that, and
then finds the position moved, or the staging table gone (StagingGone), and nothing is written
twice. Two runs must not stage at a time: the services keep the pool for one of them
(runner/status.py).
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, ClassVar

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.base import Sink, Spare, StagingGone
from migrations_ui.transfer.engines.dialect import Grammar
from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.pgcopy import RowEncoder, kind_of
from migrations_ui.transfer.engines.references import foreign_keys_of, rewrite_in_place
from migrations_ui.transfer.engines.row_sink import Rows, RowSink
from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.engines.session_marks import SessionMarks
from migrations_ui.transfer.engines.set_statements import SetDialect, Sets
from migrations_ui.transfer.engines.value_comparison import (
    FETCH_ROWS,
    compare_by_key,
    compare_whole_rows,
    matched_rows,
    row_digest,
    rows_at_once,
    rows_of,
)
from migrations_ui.transfer.errors import TargetError, TargetRefused
from migrations_ui.transfer.obstacles import IndexLimit, NameLimit, TargetProblem
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    ColumnPlan,
    ForeignKey,
    RowDifference,
    TablePlan,
    TargetTable,
)

BLOCK_BYTES = 256 * 1024
ORDINALS_A_STATEMENT = 500


class ValueTarget(Session):
    """See `loaders.base.Target`; an engine fills in what is its own."""

    words: ClassVar[SetDialect]
    grammar: ClassVar[Grammar]
    # Name, table, the table referred to, column and column referred to, in the key's order.
    foreign_key_query: ClassVar[str]
    batch_rows: ClassVar[int]
    aside: KeyDeferral
    checks_by_statement: bool
    session_marks: SessionMarks | None = None
    batch_bytes: ClassVar[int] = 16 * 1024 * 1024
    control_suffix = ""
    name_limit = NameLimit(128, "characters")
    row_syntax = RowSyntax.PGCOPY
    back_syntax = BackSyntax.PGCOPY
    remark = ""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self._unique: dict[str, list[tuple[str, ...]]] = {}
        self._staged: dict[str, int] = {}

    # What an engine fills in.

    @abstractmethod
    def tables(self) -> tuple[TargetTable, ...]: ...

    @abstractmethod
    def table_names(self) -> frozenset[str]: ...

    @abstractmethod
    def is_empty(self, table: str) -> bool: ...

    @abstractmethod
    def unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        """The columns of each unique constraint or index of the table."""

    @abstractmethod
    def create_staging(self, table: TablePlan, name: str) -> Sequence[str]:
        """Statements that make the staging table: the planned columns' types, and an ordinal."""

    @abstractmethod
    def put(self, table: TablePlan, into: str, rows: Rows) -> None:
        """Write rows into the table whose quoted name is `into`."""

    @abstractmethod
    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        """As many of each equal row as are staged, from a table without key."""

    @abstractmethod
    def finish_load(self, table: TablePlan) -> None: ...

    @abstractmethod
    def defer(self, table: TablePlan, *, alone: bool) -> list[tuple[str, list[str]]]:
        """See `loaders.base.Target`."""

    @abstractmethod
    def table_bytes(self) -> dict[str, int]:
        """See `loaders.base.Target`."""

    @abstractmethod
    def lock_alone(self, table: str) -> str:
        """The statement that keeps everybody else out of the table, whose name is as SQL has it,
        until the end of the transaction."""

    # The flow.

    def obstacles(self) -> Mapping[str, tuple[TargetProblem, ...]]:
        return {}

    def index_limits(self) -> Mapping[str, tuple[IndexLimit, ...]]:
        return {}

    def refused_by_index(
        self, table: TablePlan, limit: IndexLimit, write: Callable[[Sink], None], *, most: int
    ) -> list[tuple[Any, ...]] | None:
        return None

    @property
    def user(self) -> str:
        return str(self.backend.settings_dict["USER"])

    def pinned(self, table: str) -> TargetTable | None:
        """As it is at this moment: nothing is locked for the question."""
        return next((each for each in self.tables() if each.name == table), None)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        return foreign_keys_of(self.execute(self.foreign_key_query))

    def who_locks(self, table: str) -> str:
        """Not asked: the views that show it take rights that a login of a pool does not have."""
        return "Have the DBA look who it is, then retry."

    @contextmanager
    def apart(self, *names: str, quiet: str) -> Iterator[Mapping[str, str]]:
        with self.transaction():
            # In the order in which a chunk takes its locks, so that each waits for the other once.
            for name in dict.fromkeys((quiet, *names)):
                self.execute(self.lock_alone(name))
            yield {name: name for name in names}

    @contextmanager
    def load(self, table: TablePlan) -> Iterator[RowSink]:
        into = self.words.quote(table.name)
        with self._rows_into(table, lambda rows: self.put(table, into, rows)) as sink:
            yield sink

    @contextmanager
    def staging(self, table: TablePlan, *names: str) -> Iterator[None]:
        for name in names:
            self.drop_staging(table, name)
            for statement in self.create_staging(table, name):
                self.execute(statement)
        try:
            yield
        finally:
            for name in names:
                # What cannot be dropped now, a successor drops.
                with suppress(TargetError):
                    self.drop_staging(table, name)

    @contextmanager
    def staging_held(
        self, table: TablePlan, name: str, lock_position: Callable[[], object]
    ) -> Iterator[None]:
        with self.transaction():
            lock_position()
            with self.staging(table, name):
                yield

    def drop_staging(self, table: TablePlan, name: str) -> None:
        if staging_name(table, name) in self.table_names():
            self.execute(f"DROP TABLE {self.words.staged(table, name)}")

    @contextmanager
    def stage(self, table: TablePlan, name: str) -> Iterator[RowSink]:
        self.empty_staging(table, name)
        with self._rows_into(table, lambda rows: self._put_staged(table, name, rows)) as sink:
            yield sink
        self._staged[name] = sink.row_count

    def stage_rows(self, table: TablePlan, name: str, rows: Sequence[Sequence[Any]]) -> None:
        self.empty_staging(table, name)
        for start in range(0, len(rows), self.batch_rows):
            batch = [tuple(row) for row in rows[start : start + self.batch_rows]]
            self._put_staged(table, name, batch)
        self._staged[name] = len(rows)

    def empty_staging(self, table: TablePlan, name: str) -> None:
        self.execute(self._sets(table).empty(name))

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        sets = self._sets(table)
        kept_out: list[tuple[Any, ...]] = []
        if table.key:
            for unique in self._planned_unique_keys(table):
                for select, delete in (
                    sets.conflicts(name, unique),
                    sets.doubles(name, unique),
                ):
                    found = self.execute(select)
                    if found:
                        self.execute(delete)
                        kept_out += found
        inserted = self.change(sets.insert(name))
        self.check_count(table, self._staged[name] - len(kept_out), inserted)
        return kept_out

    def delete_staged(self, table: TablePlan, name: str) -> int:
        if not table.key:
            return self.delete_whole_rows(table, name)
        return self.change(self._sets(table).delete(name))

    def delete_places(self, table: TablePlan, name: str, placed: str, delete: str) -> int:
        """`delete_whole_rows` where not every type can be compared in SQL: `placed` selects all
        rows after what says where each is, `delete` takes that."""
        sets, digest_of = self._sets(table), row_digest(table)
        staged = Counter(digest_of(row) for row in rows_of(self, sets, sets.staged(name)))
        places = []
        for rows in self.stream(placed, size=rows_at_once(table)):
            for place, *values in rows:
                digest = digest_of(values)
                if staged[digest]:
                    staged[digest] -= 1
                    places.append((place,))
        for start in range(0, len(places), FETCH_ROWS):
            self.execute_many(delete, places[start : start + FETCH_ROWS])
        return len(places)

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        self.execute(self._sets(table).subtract(name, other))

    def discard_staged(self, name: str, statement: str) -> int:
        discarded = self.change(statement)
        self._staged[name] -= discarded
        return discarded

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        sets = self._sets(table)
        equal = [
            ordinal
            for (ordinal, *_), here, there in matched_rows(self, sets, name, sets.real)
            if here == there
        ]
        for start in range(0, len(equal), ORDINALS_A_STATEMENT):
            self.execute(sets.drop_ordinals(name, equal[start : start + ORDINALS_A_STATEMENT]))
        if spare is not None:
            spare()
        if any(key.parent == table.name for key in self.foreign_keys()):
            # What is equal is out: large objects, which not every engine compares, are not asked.
            return rewrite_in_place(self, table, name)
        self.execute(sets.delete(name))
        return self.change(sets.insert(name))

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        compare = compare_by_key if table.key else compare_whole_rows
        sets = self._sets(table)
        there = sets.real if other == table.name else sets.staged(other)
        differences: list[RowDifference] = []
        mismatches = 0
        for difference in compare(self, sets, name, there, both_ways=both_ways):
            mismatches += 1
            if len(differences) < limit:
                differences.append(difference)
        return sorted(differences, key=lambda each: each.key), mismatches

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        encoder = RowEncoder([column.form for column in table.columns])
        sets = self._sets(table)
        yield from encoder.blocks(rows_of(self, sets, sets.real), size=BLOCK_BYTES)

    def defer_keys(self, table: TablePlan) -> list[tuple[str, str]]:
        """None: a key that is dropped and made again holds these engines up longer than it saves,
        and its definition would have to be put together from their catalogues."""
        return []

    def restore_keys(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.execute(statement)

    def keys_part(self, table: str) -> float:
        return 0.0

    def unchecked(self) -> AbstractContextManager[None]:
        """Nothing to do: a foreign key that is deferred holds for nobody."""
        return nullcontext()

    @contextmanager
    def _rows_into(self, table: TablePlan, put: Callable[[Rows], None]) -> Iterator[RowSink]:
        forms = [column.form for column in table.columns]
        sink = RowSink(forms, put, most_rows=self.batch_rows, most_bytes=self.batch_bytes)
        yield sink
        sink.finish()

    def _put_staged(self, table: TablePlan, name: str, rows: Rows) -> None:
        """Raises StagingGone where the staging table is no more."""
        try:
            self.put(table, self.words.staged(table, name), rows)
        except TargetRefused:
            if staging_name(table, name) not in self.table_names():
                raise StagingGone from None
            raise

    def check_count(self, table: TablePlan, expected: int, found: int) -> None:
        """A twin that emptied the staging table must not make rows vanish."""
        if found != expected:
            raise TargetRefused(
                f"{table.name}: {expected:,} rows were staged, and {found:,} were there to insert. "
                "Nothing of this chunk was written; resume to write it again."
            )

    def _planned_unique_keys(self, table: TablePlan) -> list[tuple[str, ...]]:
        if table.name not in self._unique:
            planned = set(table.column_names)
            self._unique[table.name] = [
                unique for unique in self.unique_keys(table) if planned.issuperset(unique)
            ]
        return self._unique[table.name]

    def _sets(self, table: TablePlan) -> Sets:
        return Sets(self.words, table)


def staging_name(table: TablePlan, name: str) -> str:
    """A name of at most thirty characters that no other table's staging has."""
    return f"{name}_{hashlib.blake2b(table.name.encode(), digest_size=6).hexdigest()}"


def is_text(column: ColumnPlan) -> bool:
    return kind_of(column.form) in {"text", "varchar", "bpchar"}


def is_bytes(column: ColumnPlan) -> bool:
    return kind_of(column.form) == "bytea"
