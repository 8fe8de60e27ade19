"""Measures the source against the target: every value that does not fit, before one is copied.

A table is scanned once, and only the columns in which something can go wrong are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migrations_ui.transfer.checkpoint.table_progress import require_read
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.plan.index_limits import (
    Trial,
    indexed,
    not_tried,
    refused_by_index,
)
from migrations_ui.transfer.plan.planner import PlanFinding, TransferPlan
from migrations_ui.transfer.syntaxes import RowSyntax
from migrations_ui.transfer.tables import ColumnPlan, MeasuredColumn, SourceColumn, TablePlan
from migrations_ui.transfer.value_loss import Loss

LARGE = frozenset({"BLOB", "CLOB"})
# Decimal digits of Derby's whole numbers.
DIGITS = {"SMALLINT": 5, "INTEGER": 10, "BIGINT": 19}
# Bytes of Derby's whole numbers, and of those that a form holds without bounds of its own.
WIDTHS = {"BOOLEAN": 1, "SMALLINT": 2, "INTEGER": 4, "BIGINT": 8}
WHOLE_BYTES = {"int1": 1, "int2": 2, "int4": 4, "int8": 8}
# Any text may hold a NUL, any time nanoseconds.
ALWAYS_MEASURED = frozenset({"text", "varchar", "bpchar", "timestamp"})
# The one Derby type whose values such a column always takes.
SAFE_FROM = {"bool": "BOOLEAN", "float4": "REAL"}

PADDED_BYTES = "CHAR () FOR BIT DATA"

# What has a length.
COUNTED = frozenset({"text", "varchar", "bpchar", "bytea"})

# What the reader's words for an incompatible value mean; any other word is a INCOMPATIBLE.
LOSSES = {
    "nanoseconds": Loss.NANOSECONDS,
    "nul": Loss.NUL,
    "character": Loss.CHARACTER,
    "blanks": Loss.BLANKS,
}


@dataclass(frozen=True, slots=True)
class IncompatibleColumn:
    """Values of one column that lose something or do not fit; `column` is empty for whole rows.

    `kind` is the reader's word ("too_long", "nul"). `longest` is the longest value of the column,
    in bytes where `room` counts bytes, else in characters; None where values have no length.
    What is `in_key` is never changed to fit.
    """

    table: str
    column: str
    kind: str
    count: int
    longest: int | None
    source_type: str
    target_form: str
    in_key: bool = False

    @property
    def loss(self) -> Loss:
        return LOSSES.get(self.kind, Loss.INCOMPATIBLE)

    @property
    def room(self) -> tuple[int, str] | None:
        """How many characters or bytes the target's column takes, and which of them it counts."""
        kind, *arguments = self.target_form.removesuffix("!").split(":")
        if kind not in COUNTED or not arguments:
            return None
        return int(arguments[0]), "bytes" if counts_bytes(self.target_form) else "characters"


def measure_compatibility(
    plan: TransferPlan,
    source: DerbySource,
    *,
    syntax: RowSyntax = RowSyntax.PGCOPY,
    on_rows: Callable[[int], None] = lambda rows: None,
    on_finding: Callable[[PlanFinding], None] = lambda finding: None,
    trial: Trial = not_tried,
) -> Iterator[IncompatibleColumn]:
    """Everything of the plan that does not fit, table by table. `on_finding` is called with the
    indexes of the target that refuse values, found by `trial` where nothing else tells; `syntax` is
    how the target takes rows, and says how long one is.

    `on_rows` is called with the rows looked at so far, of all tables, and may raise to end the
    scan. Raises a SourceError.
    """
    before = 0
    for table in plan.tables:
        limits = plan.index_limits.get(table.name, ())
        columns = measured_columns(table, also=indexed(limits))
        if columns and table.row_count:
            measured = source.measure(
                table, columns, syntax=syntax, on_rows=_counting_from(before, on_rows)
            )
            require_read(table, counted=table.row_count, read=measured.rows)
            yield from _incompatible_columns(table, columns, measured.columns)
            found = zip(columns, measured.columns, strict=True)
            by_target = {column.target: (column, sizes) for column, sizes in found}
            for finding in refused_by_index(table, limits, by_target, trial):
                on_finding(finding)
            if measured.long_rows and _holds_large(table):
                yield IncompatibleColumn(
                    *(table.source.name, "", "row", measured.long_rows, measured.longest_row),
                    *("", ""),
                )
        before += table.row_count
        on_rows(before)


def _counting_from(before: int, on_rows: Callable[[int], None]) -> Callable[[int], None]:
    return lambda rows: on_rows(before + rows)


def measured_columns(
    table: TablePlan, also: frozenset[str] = frozenset()
) -> tuple[ColumnPlan, ...]:
    """The columns in which something can go wrong; all of them where a row may be too long. `also`
    are more by their target's names, as far as their values have a length."""
    if _holds_large(table):
        return table.columns
    declared = {column.name: column for column in table.source.columns}
    return tuple(
        column
        for column in table.columns
        if _can_be_incompatible(column, declared[column.source])
        or (column.target in also and kind_of(column.form) in COUNTED)
    )


def _incompatible_columns(
    table: TablePlan, columns: tuple[ColumnPlan, ...], measured: tuple[MeasuredColumn, ...]
) -> Iterator[IncompatibleColumn]:
    for column, found in zip(columns, measured, strict=True):
        for kind, count in found.counts:
            yield IncompatibleColumn(
                table=table.source.name,
                column=column.source,
                kind=kind,
                count=count,
                longest=found.longest_bytes if counts_bytes(column.form) else found.longest,
                source_type=column.source_type,
                target_form=column.form,
                in_key=column.source in table.source.key,
            )


def counts_bytes(form: str) -> bool:
    """Whether the target's column counts bytes, even of text."""
    kind, *arguments = form.removesuffix("!").split(":")
    return kind == "bytea" or "octets" in arguments or (kind == "text" and bool(arguments))


def _holds_large(table: TablePlan) -> bool:
    return any(column.source_type in LARGE for column in table.columns)


def _can_be_incompatible(plan: ColumnPlan, declared: SourceColumn) -> bool:
    kind, *arguments = plan.form.removesuffix("!").split(":")
    incompatible_nulls = plan.form.endswith("!") and declared.nullable
    if incompatible_nulls or kind in ALWAYS_MEASURED:
        return True
    if kind in WHOLE_BYTES:
        return not _whole_fits(declared, _range_of(WHOLE_BYTES[kind]), *map(int, arguments))
    if kind in SAFE_FROM:
        return declared.type != SAFE_FROM[kind]
    if kind == "numeric" and arguments:
        return not _numeric_fits(declared, *map(int, arguments))
    if kind == "bytea" and arguments:
        return not _bytes_fit(declared, int(arguments[0]), fixed="fixed" in arguments)
    # Arguments limit what fits: the first and the last date.
    return bool(arguments)


def _range_of(width: int) -> tuple[int, int]:
    """The smallest and the largest number of so many bytes."""
    return -(2 ** (8 * width - 1)), 2 ** (8 * width - 1) - 1


def _whole_fits(declared: SourceColumn, held: tuple[int, int], *bounds: int) -> bool:
    smallest, largest = bounds or held
    lowest, highest = _range_of(WIDTHS[declared.type])
    return smallest <= lowest and highest <= largest


def _bytes_fit(declared: SourceColumn, most: int, *, fixed: bool) -> bool:
    """A column that pads what is shorter takes only what has its own length."""
    if fixed:
        return declared.type == PADDED_BYTES and declared.size == most
    return declared.size <= most


def _numeric_fits(declared: SourceColumn, precision: int, scale: int) -> bool:
    digits = DIGITS.get(declared.type, declared.size)
    places = 0 if declared.type in DIGITS else declared.scale
    return places <= scale and digits - places <= precision - scale
