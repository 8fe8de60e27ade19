"""Which indexes of the target may refuse the source's longest values, from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.obstacles import IndexLimit
from migrations_ui.transfer.plan.planner import PlanFinding
from migrations_ui.transfer.tables import ColumnPlan, MeasuredColumn, TablePlan

TEXT = frozenset({"text", "varchar", "bpchar"})
UTF16_BYTES = 2
REMEDY = (
    "Have the DBA drop {index}, or index less of these columns (their beginning, or a hash), or "
    "shorten the values on the server."
)


def indexed(limits: Iterable[IndexLimit]) -> frozenset[str]:
    """The columns whose longest values have to be known."""
    return frozenset(column for limit in limits for column in limit.columns)


def refused_by_index(
    table: TablePlan,
    limits: Iterable[IndexLimit],
    measured: Mapping[str, tuple[ColumnPlan, MeasuredColumn]],
) -> Iterator[PlanFinding]:
    """`measured` by the target's name of a column. The longest values of several columns need not
    be in one row, so only a single one that is too long alone is certain."""
    for limit in limits:
        sizes = {
            name: _bytes(*measured[name], utf16=limit.utf16)
            for name in limit.columns
            if name in measured
        }
        if sum(sizes.values()) <= limit.most_bytes:
            continue
        certain = limit.exact and max(sizes.values()) > limit.most_bytes
        longest = max(sizes, key=lambda name: sizes[name])
        why = (
            "so the database refuses such rows"
            if certain
            else "so the database may refuse such rows"
        )
        if not limit.exact:
            why += ", where it cannot compress them"
        yield PlanFinding(
            table.source.name,
            measured[longest][0].source,
            f"The target's index {limit.index} takes {limit.most_bytes:,} bytes a row, and the "
            f"longest values of {', '.join(sizes)} have {sum(sizes.values()):,}, {why}.",
            blocks=certain,
            remedy=REMEDY.format(index=limit.index),
        )


def _bytes(column: ColumnPlan, measured: MeasuredColumn, *, utf16: bool) -> int:
    if utf16 and kind_of(column.form) in TEXT:
        return (measured.longest or 0) * UTF16_BYTES
    return measured.longest_bytes or 0
