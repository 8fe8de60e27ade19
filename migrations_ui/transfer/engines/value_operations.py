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

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, ClassVar

from migrations_ui.transfer.engines.base import StagingGone
from migrations_ui.transfer.engines.operations import Operations, Spare
from migrations_ui.transfer.engines.pgcopy import RowEncoder
from migrations_ui.transfer.engines.references import rewrite_in_place
from migrations_ui.transfer.engines.row_sink import Rows, RowSink
from migrations_ui.transfer.engines.set_statements import Sets
from migrations_ui.transfer.engines.value_comparison import (
    FETCH_ROWS,
    compare_by_key,
    compare_whole_rows,
    matched_rows,
    row_digest,
    rows_at_once,
    rows_of,
)
from migrations_ui.transfer.engines.value_dialect import staging_name
from migrations_ui.transfer.engines.value_introspection import ValueIntrospection
from migrations_ui.transfer.engines.value_session import ValueSession
from migrations_ui.transfer.errors import TargetError, TargetRefused
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    RowDifference,
    TablePlan,
)

BLOCK_BYTES = 256 * 1024
ORDINALS_A_STATEMENT = 500


class ValueOperations(Operations):
    """See `Operations`."""

    session: ValueSession
    introspection: ValueIntrospection
    batch_rows: ClassVar[int]
    batch_bytes: ClassVar[int] = 16 * 1024 * 1024
    row_syntax = RowSyntax.PGCOPY
    back_syntax = BackSyntax.PGCOPY

    def __init__(self, session: ValueSession, introspection: ValueIntrospection) -> None:
        super().__init__(session, introspection)
        self._unique: dict[str, list[tuple[str, ...]]] = {}
        self._staged: dict[str, int] = {}

    @abstractmethod
    def create_staging(self, table: TablePlan, name: str) -> Sequence[str]:
        """Statements that make the staging table: the planned columns' types, and an ordinal."""

    @abstractmethod
    def put(self, table: TablePlan, into: str, rows: Rows) -> None:
        """Write rows into the table whose quoted name is `into`."""

    @abstractmethod
    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        """As many of each equal row as are staged, from a table without key."""

    def load(self, table: TablePlan) -> AbstractContextManager[RowSink]:
        into = self.session.words.quote(table.name)
        return self._rows_into(table, lambda rows: self.put(table, into, rows))

    @contextmanager
    def staging(self, table: TablePlan, *names: str) -> Iterator[None]:
        for name in names:
            self.drop_staging(table, name)
            for statement in self.create_staging(table, name):
                self.session.execute(statement)
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
        """All see the staging table, so this one is made after the lock is held: nobody's is
        dropped by another."""
        with self.session.transaction():
            lock_position()
            with self.staging(table, name):
                yield

    def drop_staging(self, table: TablePlan, name: str) -> None:
        if staging_name(table, name) in self.introspection.table_names():
            self.session.execute(f"DROP TABLE {self.session.words.staged(table, name)}")

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
        self.session.execute(self._sets(table).empty(name))

    def insert_staged(self, table: TablePlan, name: str) -> list[tuple[Any, ...]]:
        sets = self._sets(table)
        kept_out: list[tuple[Any, ...]] = []
        if table.key:
            for unique in self._planned_unique_keys(table):
                for select, delete in (
                    sets.conflicts(name, unique),
                    sets.doubles(name, unique),
                ):
                    found = self.session.execute(select)
                    if found:
                        self.session.execute(delete)
                        kept_out += found
        inserted = self.session.change(sets.insert(name))
        self.check_count(table, self._staged[name] - len(kept_out), inserted)
        return kept_out

    def delete_staged(self, table: TablePlan, name: str) -> int:
        if not table.key:
            return self.delete_whole_rows(table, name)
        return self.session.change(self._sets(table).delete(name))

    def delete_places(self, table: TablePlan, name: str, placed: str, delete: str) -> int:
        """`delete_whole_rows` where not every type can be compared in SQL: `placed` selects all
        rows after what says where each is, `delete` takes that."""
        sets, digest_of = self._sets(table), row_digest(table)
        staged = Counter(digest_of(row) for row in rows_of(self.session, sets, sets.staged(name)))
        places = []
        for rows in self.session.stream(placed, size=rows_at_once(table)):
            for place, *values in rows:
                digest = digest_of(values)
                if staged[digest]:
                    staged[digest] -= 1
                    places.append((place,))
        for start in range(0, len(places), FETCH_ROWS):
            self.session.execute_many(delete, places[start : start + FETCH_ROWS])
        return len(places)

    def subtract_staged(self, table: TablePlan, name: str, other: str) -> None:
        self.session.execute(self._sets(table).subtract(name, other))

    def discard_staged(self, name: str, statement: str) -> int:
        discarded = self.session.change(statement)
        self._staged[name] -= discarded
        return discarded

    def rewrite_staged(self, table: TablePlan, name: str, *, spare: Spare | None = None) -> int:
        sets = self._sets(table)
        equal = [
            ordinal
            for (ordinal, *_), here, there in matched_rows(self.session, sets, name, sets.real)
            if here == there
        ]
        for start in range(0, len(equal), ORDINALS_A_STATEMENT):
            self.session.execute(
                sets.drop_ordinals(name, equal[start : start + ORDINALS_A_STATEMENT])
            )
        if spare is not None:
            spare()
        if any(key.parent == table.name for key in self.introspection.foreign_keys()):
            # What is equal is out: large objects, which not every engine compares, are not asked.
            return rewrite_in_place(self.session, table, name)
        self.session.execute(sets.delete(name))
        return self.session.change(sets.insert(name))

    def compare_staged(
        self, table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
    ) -> tuple[list[RowDifference], int]:
        compare = compare_by_key if table.key else compare_whole_rows
        sets = self._sets(table)
        there = sets.real if other == table.name else sets.staged(other)
        differences: list[RowDifference] = []
        mismatches = 0
        for difference in compare(self.session, sets, name, there, both_ways=both_ways):
            mismatches += 1
            if len(differences) < limit:
                differences.append(difference)
        return sorted(differences, key=lambda each: each.key), mismatches

    def read_back(self, table: TablePlan) -> Iterator[bytearray]:
        encoder = RowEncoder([column.form for column in table.columns])
        sets = self._sets(table)
        yield from encoder.blocks(rows_of(self.session, sets, sets.real), size=BLOCK_BYTES)

    @contextmanager
    def _rows_into(self, table: TablePlan, put: Callable[[Rows], None]) -> Iterator[RowSink]:
        forms = [column.form for column in table.columns]
        sink = RowSink(forms, put, most_rows=self.batch_rows, most_bytes=self.batch_bytes)
        yield sink
        sink.finish()

    def _put_staged(self, table: TablePlan, name: str, rows: Rows) -> None:
        """Raises StagingGone where the staging table is no more."""
        try:
            self.put(table, self.session.words.staged(table, name), rows)
        except TargetRefused:
            if staging_name(table, name) not in self.introspection.table_names():
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
                unique
                for unique in self.introspection.unique_keys(table)
                if planned.issuperset(unique)
            ]
        return self._unique[table.name]

    def _sets(self, table: TablePlan) -> Sets:
        return Sets(self.session.words, table)
