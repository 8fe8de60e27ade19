"""Comparing staged rows with others by their bytes, for engines whose collations would call
different values equal."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from migrations_ui.transfer.engines.driver_session import DriverSession
from migrations_ui.transfer.engines.pgcopy import RowEncoder, may_be_large
from migrations_ui.transfer.engines.row_keys import key_text
from migrations_ui.transfer.engines.set_statements import Sets
from migrations_ui.transfer.tables import DifferenceKind, RowDifference, TablePlan

FETCH_ROWS = 1_000
SHOWN = 400

RowDigest = Callable[[Sequence[Any]], bytes]


def compare_by_key(
    session: DriverSession, sets: Sets, name: str, there: str, *, both_ways: bool
) -> Iterator[RowDifference]:
    """What differs between the rows staged as `name` and those of `there`, a quoted name."""
    table, here = sets.table, sets.staged(name)
    for keys in session.stream(sets.unmatched(here, there), size=rows_at_once(table)):
        for key in keys:
            yield RowDifference(key_text(key), DifferenceKind.MISSING, ())
    if both_ways:
        for keys in session.stream(sets.unmatched(there, here), size=rows_at_once(table)):
            for key in keys:
                yield RowDifference(key_text(key), DifferenceKind.EXTRA, ())
    indexes = table.key_indexes
    for (_, *values), mine, theirs in matched_rows(session, sets, name, there):
        differing = tuple(
            column
            for column, one, other in zip(table.column_names, mine, theirs, strict=True)
            if one != other
        )
        if differing:
            shown = key_text([values[index] for index in indexes])
            yield RowDifference(shown, DifferenceKind.DIFFERS, differing)


def compare_whole_rows(
    session: DriverSession, sets: Sets, name: str, there: str, *, both_ways: bool
) -> Iterator[RowDifference]:
    """Multisets: two equal rows on one side need two on the other. Rows are compared by a digest
    of their bytes, so that memory holds sixteen bytes of each; what differs is read again."""
    surplus: Counter[bytes] = Counter()
    here = sets.staged(name)
    for of, sign in ((here, 1), (there, -1)):
        digest_of = row_digest(sets.table)
        for row in rows_of(session, sets, of):
            surplus[digest_of(row)] += sign
    for of, sign, kind in (
        (here, 1, DifferenceKind.MISSING),
        (there, -1, DifferenceKind.EXTRA),
    ):
        if kind is DifferenceKind.EXTRA and not both_ways:
            continue
        digest_of = row_digest(sets.table)
        for row in rows_of(session, sets, of):
            digest = digest_of(row)
            if surplus[digest] * sign > 0:
                surplus[digest] -= sign
                yield RowDifference(key_text(row)[:SHOWN], kind, ())


def matched_rows(
    session: DriverSession, sets: Sets, name: str, there: str
) -> Iterator[tuple[tuple[Any, ...], list[bytes], list[bytes]]]:
    """A staged row after its ordinal, its fields' bytes, and those of the row with the same key.
    So what is equal is decided by bytes, whatever the engine's collations think."""
    table = sets.table
    encode = [RowEncoder([column.form]).encode for column in table.columns]
    width = len(table.columns)
    for rows in session.stream(sets.matched(name, there), size=rows_at_once(table)):
        for row in rows:
            mine, theirs = row[1 : width + 1], row[width + 1 :]
            yield (
                row[: width + 1],
                [each((value,)) for each, value in zip(encode, mine, strict=True)],
                [each((value,)) for each, value in zip(encode, theirs, strict=True)],
            )


def row_digest(table: TablePlan) -> RowDigest:
    """A function from a row of the table to sixteen bytes."""
    encoder = RowEncoder([column.form for column in table.columns])
    return lambda row: hashlib.blake2b(encoder.encode(row), digest_size=16).digest()


def rows_of(session: DriverSession, sets: Sets, of: str) -> Iterator[tuple[Any, ...]]:
    """All rows of a table with the planned columns, whose quoted name is `of`."""
    for rows in session.stream(sets.rows(of), size=rows_at_once(sets.table)):
        yield from rows


def rows_at_once(table: TablePlan) -> int:
    """How many rows are fetched together: one by one where a row may take megabytes."""
    return 1 if any(may_be_large(column.form) for column in table.columns) else FETCH_ROWS
