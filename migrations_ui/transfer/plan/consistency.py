"""Whether Derby's tables agree with their own indexes, asked before the first row is written.

Derby opens and reads a database whose table and index differ without a word: it counts in the one
and reads from the other, so rows would be missing on the other side and nobody would know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import TransferPlan

REMEDY = "Start Traveler with -defrag, or restore a backup, then begin a new migration."


@dataclass(frozen=True, slots=True)
class Inconsistent:
    """`rows_read` None: the table itself cannot be read to its end. `said` is Derby's sentence."""

    table: str
    rows_counted: int
    rows_read: int | None
    said: str

    def __str__(self) -> str:
        said = f" Derby says: {self.said}" if self.said else ""
        read = "cannot be read to its end" if self.rows_read is None else f"has {self.rows_read:,}"
        return f"Derby counts {self.rows_counted:,} rows, the table itself {read}.{said}"


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """`unchecked` are the tables whose indexes this user of Derby may not have checked; their rows
    were counted all the same."""

    inconsistent: tuple[Inconsistent, ...]
    unchecked: tuple[str, ...]


def check_source(
    plan: TransferPlan,
    source: DerbySource,
    *,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> SourceCheck:
    """Check every table of the plan, the empty ones too.

    `on_rows` is called with the rows of the tables done so far, and may raise to end the check.
    Raises a SourceError.
    """
    inconsistent: list[Inconsistent] = []
    unchecked: list[str] = []
    done = 0
    for found in source.check(plan.tables):
        name, counted = found.table.source.name, found.table.row_count
        if found.problem or found.rows != counted:
            inconsistent.append(Inconsistent(name, counted, found.rows, found.problem))
        elif not found.allowed:
            unchecked.append(name)
        done += counted
        on_rows(done)
    return SourceCheck(tuple(inconsistent), tuple(unchecked))
