"""Rows that both sides have with other values: both versions and the verdict, from the conflict
tables. There may be millions, so they are read page by page, each behind the last one's key."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from migrations_ui.transfer.display_values import pairs
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.pgcopy import may_be_large
from migrations_ui.transfer.engines.row_keys import key_forms, key_text, key_values
from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.merge.conflict_pages import ConflictPages
from migrations_ui.transfer.merge.conflict_table import conflict_table_name
from migrations_ui.transfer.merge_policy import MergeVerdict
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.tables import TablePlan, ValuePair
from pools.databases.connection import DatabaseLogin

# What a statement brings into the worker's memory: rows, and rows that may have megabytes each.
ROWS_AT_ONCE, LARGE_ROWS_AT_ONCE = 500, 10
MASK_ALL = Masking()


@dataclass(frozen=True, slots=True)
class RowConflict:
    """One row that both sides had; `key` is a JSON array."""

    table: str
    key: str
    verdict: MergeVerdict
    values: tuple[ValuePair, ...]


@dataclass(frozen=True, slots=True)
class ConflictPosition:
    """Where a list was read to: the last row's table and key, and where its chunk began, if that
    is known."""

    table: str
    key: str
    first: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(*json.loads(text))

    def __str__(self) -> str:
        return json.dumps([self.table, self.key, self.first])


@dataclass(frozen=True, slots=True)
class ConflictBatch:
    """`end` is the place to go on behind; None when there is no more."""

    conflicts: tuple[RowConflict, ...]
    end: ConflictPosition | None


def list_conflicts(
    plan: TransferPlan,
    *,
    login: DatabaseLogin,
    run_id: str,
    limit: int = 1000,
    masking: Masking = MASK_ALL,
) -> list[RowConflict]:
    """The first `limit` of run `run_id`, table by table."""
    page = read_conflicts(plan.tables, login=login, run_id=run_id, limit=limit, masking=masking)
    return list(page.conflicts)


def read_conflicts(
    tables: Sequence[TablePlan],
    *,
    login: DatabaseLogin,
    run_id: str,
    limit: int,
    behind: ConflictPosition | None = None,
    verdict: str = "",
    masking: Masking = MASK_ALL,
) -> ConflictBatch:
    """The next `limit` of run `run_id` behind a place: the last of `tables` first, because that is
    the smallest, people and devices before their documents.

    `verdict`: only those of one. Raises a TargetError or a `pools.databases.errors.DatabaseError`.
    """
    found: list[tuple[RowConflict, int]] = []
    left = list(reversed(tables))
    if behind is not None:
        while left and left[0].name != behind.table:
            left.pop(0)
    with open_target(login) as target:
        there = target.introspection.table_names()
        for table in left:
            # One more than asked for tells whether there are more.
            if table.key and conflict_table_name(table.name) in there and len(found) <= limit:
                rows = _Rows(ConflictPages(table, run_id, target), verdict, masking)
                since = behind if behind is not None and behind.table == table.name else None
                found += itertools.islice(rows.behind(since), limit + 1 - len(found))
    conflicts = tuple(conflict for conflict, _ in found[:limit])
    if len(found) <= limit:
        return ConflictBatch(conflicts, None)
    last, first = found[limit - 1]
    return ConflictBatch(conflicts, ConflictPosition(last.table, last.key, first))


def conflicts_of_chunk(
    pages: ConflictPages, *, first: int, limit: int, masking: Masking
) -> list[RowConflict]:
    """The first `limit` of the chunk that begins at `first`, whether it is committed or not."""
    rows = _Rows(pages, "", masking).of_chunk(first, "")
    return [conflict for conflict, _ in itertools.islice(rows, limit)]


@dataclass(frozen=True, slots=True)
class _Rows:
    """One table's, chunk by chunk, and in a chunk by key."""

    pages: ConflictPages
    verdict: str
    masking: Masking

    def behind(self, place: ConflictPosition | None) -> Iterator[tuple[RowConflict, int]]:
        """Each with where its chunk began."""
        first = -1
        if place is not None:
            first = self._chunk_of(place)
            yield from self.of_chunk(first, place.key)
        while chunks := self.pages.target.execute(self.pages.next_chunk(self.verdict), [first]):
            ((first,),) = chunks
            yield from self.of_chunk(first, "")

    def _chunk_of(self, place: ConflictPosition) -> int:
        if place.first is not None:
            return place.first
        key = key_values(place.key, key_forms(self.pages.table))
        found = self.pages.target.execute(self.pages.chunk_of(), key)
        # A row that is not there any more: from the beginning, rather than leave any out.
        return int(found[0][0]) if found else -1

    def of_chunk(self, first: int, since: str) -> Iterator[tuple[RowConflict, int]]:
        table, forms = self.pages.table, key_forms(self.pages.table)
        large = any(may_be_large(column.form) for column in table.columns)
        count = LARGE_ROWS_AT_ONCE if large else ROWS_AT_ONCE
        rows: list[tuple[Any, ...]] | None = None
        while rows is None or len(rows) == count:
            rows = self.pages.target.execute(
                self.pages.both_sides(first, count, verdict=self.verdict, further=bool(since)),
                self.pages.placed_behind(key_values(since, forms)) if since else (),
            )
            for row in rows:
                conflict = _conflict(table, row, self.masking)
                since = conflict.key
                yield conflict, first


def _conflict(table: TablePlan, row: Sequence[Any], masking: Masking) -> RowConflict:
    verdict, *values = row
    width = len(table.columns)
    pool, server = values[:width], values[width:]
    return RowConflict(
        table=table.name,
        key=key_text([pool[index] for index in table.key_indexes]),
        verdict=MergeVerdict(verdict),
        values=pairs(table, pool, server, masking),
    )
