"""Writes a row that the reader had to reject, with what did not fit corrected by a person.

It goes the way of every row: inserted in a transaction with the checkpoint, which counts it from
then on as written. The conflict table keeps it as it was written, under its number in the source,
because the source does not say it so: verification, repair and rollback find it there, and so does
whoever writes it a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.earlier_sessions import end_earlier_sessions, open_marked
from migrations_ui.transfer.corrections.parse import parse_value
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines.base import KeyConflict, LoadingChanged, Target
from migrations_ui.transfer.engines.pgcopy import RowDecoder
from migrations_ui.transfer.error_context import add_error_context
from migrations_ui.transfer.errors import CorrectionRefused
from migrations_ui.transfer.merge.chunk_merge import STAGING
from migrations_ui.transfer.merge.conflict_table import (
    ensure_conflict_table,
    why_conflict_table_too_narrow,
)
from migrations_ui.transfer.merge.corrected_rows import CorrectedRows
from migrations_ui.transfer.plan.schema_drift import require_unchanged
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin

Row = tuple[Any, ...]


def apply_correction(
    table: TablePlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    row_number: int,
    values: Mapping[str, str],
    attempt: int = 0,
) -> bool:
    """Write source row `row_number` with these values, by the target's or the source's names of
    their columns; without any, as it is, for a column that was widened since. False: an earlier
    attempt had written it just so.

    Raises NotReplayable, and NotCopied for a table that is not copied.
    """
    row = _corrected_row(table, source, row_number, values)
    return write_corrected(
        table, row, login=login, run_id=run_id, row_number=row_number, attempt=attempt
    )


def write_corrected(
    table: TablePlan,
    row: Row,
    *,
    login: DatabaseLogin,
    run_id: str,
    row_number: int,
    attempt: int = 0,
) -> bool:
    """The same with the whole row, in the order of the plan's columns."""
    written = partial(
        _write, table, row, login=login, run_id=run_id, row_number=row_number, attempt=attempt
    )
    try:
        return written()
    except LoadingChanged:
        # Nothing was written; it goes in by the other way from here on.
        return written()


def _write(
    table: TablePlan, row: Row, *, login: DatabaseLogin, run_id: str, row_number: int, attempt: int
) -> bool:
    with open_marked(login, run_id, attempt) as target, add_error_context(login, table, target):
        checkpoint = Checkpoint(target, run_id, attempt=attempt)
        end_earlier_sessions(target, run_id, attempt)
        checkpoint.finished(table)
        ensure_conflict_table(target, table)
        corrected = CorrectedRows(table, run_id, target)
        # Whoever corrects the same row waits there, and then finds it written.
        with target.operations.staging_held(
            table, STAGING, lambda: checkpoint.lock_any_position(table)
        ):
            require_unchanged(table, target)
            if why := why_conflict_table_too_narrow(target, table):
                raise CorrectionRefused(why)
            target.operations.stage_rows(table, STAGING, [row])
            if not checkpoint.take_reject_back(table, row_number):
                return _was_written_so(corrected, table, row_number)
            target.execute(corrected.record_corrected(STAGING, row_number))
            _insert(target, table)
            target.operations.finish_load(table)
    return True


def _insert(target: Target, table: TablePlan) -> None:
    try:
        kept_out = target.operations.insert_staged(table, STAGING)
    except KeyConflict:
        # Written by another server in this very moment.
        kept_out = [()]
    if kept_out:
        raise CorrectionRefused(
            f"{table.name}: the pool has a row with this key or with a value that may be there "
            "only once. Nothing was written: type another value, or skip the row."
        )


def _was_written_so(corrected: CorrectedRows, table: TablePlan, row_number: int) -> bool:
    """False, for a row that was corrected just so before. Raises NotReplayable for others."""
    if corrected.target.execute(corrected.corrected_so(STAGING, row_number)) == [(0,)]:
        raise CorrectionRefused(
            f"{table.name}: row {row_number} is no reject of this run any more. If somebody was "
            "faster, it stays as they corrected it: look at the list again."
        )
    return False


def _corrected_row(
    table: TablePlan, source: DerbySource, row_number: int, values: Mapping[str, str]
) -> Row:
    if not table.key:
        raise CorrectionRefused(
            f"{table.name} has no key: a corrected row could not be identified again. "
            "Skip it, or have the column widened and migrate the server again."
        )
    corrected: dict[str, Any] = {}
    for name, text in values.items():
        column = next((each for each in table.columns if name in {each.source, each.target}), None)
        if column is None:
            raise CorrectionRefused(f"{table.name} has no column {name} that is copied.")
        try:
            value = parse_value(text, column.form, column.options)
        except CorrectionRefused as error:
            raise CorrectionRefused(f"{table.name}.{name}: {error}") from None
        if value is None and column.target in table.key:
            raise CorrectionRefused(f"{table.name}.{name} is part of the key, which wants a value.")
        corrected[column.target] = value
    rest = _without(table, corrected)
    kept = _read(rest, source, row_number, values)
    read = dict(zip(rest.column_names, kept, strict=True))
    return tuple({**read, **corrected}[name] for name in table.column_names)


def _without(table: TablePlan, columns: Mapping[str, Any]) -> TablePlan:
    """The plan of the columns that are read as they are."""
    return replace(
        table,
        columns=tuple(each for each in table.columns if each.target not in columns),
        key=tuple(name for name in table.key if name not in columns),
    )


def _read(rest: TablePlan, source: DerbySource, row_number: int, values: Mapping[str, str]) -> Row:
    """These columns of the row."""
    if not rest.columns:
        return ()
    decoder = RowDecoder([column.form for column in rest.columns])
    rows: list[Row] = []
    rejects: list[dict[str, Any]] = []
    with source.rows(rest, first=row_number, until=row_number + 1) as stream:
        for head in stream.slices():
            rejects += head.rejects
            for piece in stream.pieces():
                rows += decoder.feed(piece)
    if rejects:
        first = rejects[0]
        others = [each["column"] for each in (first, *first["more"])]
        raise CorrectionRefused(
            f"{rest.name}: {'more of ' if values else ''}the row cannot be written as it is "
            f"({', '.join(others)}: {first['reason']}). Correct that as well."
        )
    if len(rows) != 1:
        raise CorrectionRefused(f"{rest.name}: the source has no row {row_number}.")
    return rows[0]
