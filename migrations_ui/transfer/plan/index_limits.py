"""Which indexes of the target refuse the source's longest values: by what was measured, and where
the engine compresses them, by what happens when it is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.display_values import shown
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.operations import Sink
from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.obstacles import IndexLimit
from migrations_ui.transfer.plan.planner import PlanFinding
from migrations_ui.transfer.tables import ColumnPlan, MeasuredColumn, TablePlan
from pools.databases.connection import DatabaseLogin

TEXT = frozenset({"text", "varchar", "bpchar"})
UTF16_BYTES = 2
REMEDY = (
    "Have the DBA drop {index}, or index less of these columns (their beginning, or a hash), or "
    "shorten the values on the server."
)
# As many rows are named.
NAMED = 5

# The keys of rows that an index of a table refuses; None where it was not tried.
Trial = Callable[[TablePlan, IndexLimit], Sequence[tuple[Any, ...]] | None]


def not_tried(_table: TablePlan, _limit: IndexLimit) -> None:
    return None


def indexed(limits: Iterable[IndexLimit]) -> frozenset[str]:
    """The columns whose longest values have to be known."""
    return frozenset(column for limit in limits for column in limit.columns)


def refused_by_index(
    table: TablePlan,
    limits: Iterable[IndexLimit],
    measured: Mapping[str, tuple[ColumnPlan, MeasuredColumn]],
    trial: Trial = not_tried,
) -> Iterator[PlanFinding]:
    """`measured` by the target's name of a column. The longest values of several columns need not
    be in one row, so without a trial only a single one that is too long alone is certain."""
    for limit in limits:
        sizes = {
            name: _bytes(*measured[name], utf16=limit.utf16)
            for name in limit.columns
            if name in measured
        }
        most = limit.most_bytes if limit.exact else limit.surely_taken
        if sum(sizes.values()) <= most or not sizes:
            continue
        column = measured[max(sizes, key=lambda name: sizes[name])][0].source
        keys = None if limit.exact else trial(table, limit)
        if keys is None:
            found = _by_size(limit, sizes)
        else:
            found = (_by_trial(table, limit, keys), True) if keys else None
        if found is not None:
            problem, blocks = found
            remedy = REMEDY.format(index=limit.index)
            yield PlanFinding(table.source.name, column, problem, blocks=blocks, remedy=remedy)


def _by_size(limit: IndexLimit, sizes: Mapping[str, int]) -> tuple[str, bool] | None:
    """What is wrong, and whether that is certain."""
    if sum(sizes.values()) <= limit.most_bytes:
        return None
    certain = limit.exact and max(sizes.values()) > limit.most_bytes
    verb = "refuses" if certain else "may refuse"
    why = "" if limit.exact else ", where it cannot compress them"
    return (
        f"The target's index {limit.index} takes {limit.most_bytes:,} bytes a row, and the "
        f"longest values of {', '.join(sizes)} have {sum(sizes.values()):,}, so the database "
        f"{verb} such rows{why}."
    ), certain


def _by_trial(table: TablePlan, limit: IndexLimit, keys: Sequence[tuple[Any, ...]]) -> str:
    which = f"{len(keys)} rows" if len(keys) > 1 else "a row"
    if table.key:
        named = ("/".join(shown(value) or "" for value in key) for key in keys)
        which = f"the rows of the key {', '.join(table.key)} = {'; '.join(named)}"
    more = ", and there may be more of them" if len(keys) == NAMED else ""
    return (
        f"The target's index {limit.index} takes {limit.most_bytes:,} bytes a row, and refuses "
        f"{which}: compressed as well, their values are longer{more}."
    )


@dataclass(frozen=True, slots=True)
class IndexTrial:
    """A `Trial` in the target database itself. `on_rows` is called now and then, and may raise."""

    login: DatabaseLogin
    source: DerbySource
    on_rows: Callable[[], None]

    def __call__(self, table: TablePlan, limit: IndexLimit) -> Sequence[tuple[Any, ...]] | None:
        wanted = {*table.key, *limit.columns}
        columns = tuple(column for column in table.columns if column.target in wanted)
        if len(columns) < len(wanted):
            # The target fills one of them itself.
            return None
        part = replace(table, columns=columns)

        def write(sink: Sink) -> None:
            with self.source.rows(part, digests=False) as stream:
                for _ in stream.slices():
                    self.on_rows()
                    for piece in stream.pieces():
                        sink.write(piece)

        with open_target(self.login) as target:
            try:
                return target.operations.refused_by_index(part, limit, write, most=NAMED)
            except TargetRefused as error:
                if error.is_transient:
                    raise
                # No room or no right for temporary tables: it stays a warning.
                return None


def _bytes(column: ColumnPlan, measured: MeasuredColumn, *, utf16: bool) -> int:
    if utf16 and kind_of(column.form) in TEXT:
        return (measured.longest or 0) * UTF16_BYTES
    return measured.longest_bytes or 0
