"""How far the copy of a table is, and whether its counts add up."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from migrations_ui.transfer.errors import (
    NotCopied,
    RowsUnaccounted,
    SourceInconsistent,
)
from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.tables import TablePlan


class LoadMode(enum.StrEnum):
    """How a table's rows go in; decided once, when the run first meets the table."""

    EXCLUSIVE = "sole"  # empty, and nobody else writes: straight in, keys made afterwards
    DIRECT = "direct"  # empty: straight in, keys kept
    MERGE = "merge"  # rows may meet: through a staging table, each meeting with a verdict


@dataclass(frozen=True, slots=True)
class TableProgress:
    """How far a table is."""

    mode: LoadMode
    rows_total: int
    next_row: int
    rows_written: int
    merged: MergeCounts
    rows_rejected: int
    finished: bool

    @property
    def rows_written_at_all(self) -> int:
        """Inserted, or put in place of a row of the pool's."""
        return self.rows_written + self.merged.updated

    @property
    def rows_settled(self) -> int:
        """Inserted, updated, kept or rejected."""
        return self.rows_written + self.merged.total + self.rows_rejected


def require_counts(table: TablePlan, known: TableProgress | None) -> TableProgress:
    """Planned = read = inserted + updated + kept + rejected. Raises SourceInconsistent where the
    source gave another number of rows than it counts, and RowsUnaccounted."""
    if known is None:
        raise NotCopied(f"{table.name}: {NotCopied()}")
    require_read(table, counted=known.rows_total, read=known.next_row)
    if known.rows_settled != known.next_row:
        raise RowsUnaccounted(
            f"{table.name}: {known.next_row:,} rows read, {known.rows_settled:,} accounted for. "
            f"{RowsUnaccounted()}"
        )
    return known


def require_read(table: TablePlan, *, counted: int, read: int) -> None:
    """Raises SourceInconsistent."""
    if read != counted:
        raise SourceInconsistent(
            f"{table.name}: Derby counts {counted:,} rows, and reading the table gives {read:,}. "
            f"{SourceInconsistent()}"
        )
