"""Tables and rows as both sides describe them, and how they are carried over. Plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A Derby column; `size` is its declared length or precision."""

    name: str
    type: str
    size: int
    scale: int
    nullable: bool
    identity: bool


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A Derby table; `key` is empty when nothing makes its rows unique."""

    schema: str
    name: str
    row_count: int
    key: tuple[str, ...]
    columns: tuple[SourceColumn, ...]


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of the target; `form` is the reader's name for its binary form ("varchar:64"),
    empty when the reader cannot write that type."""

    name: str
    type: str
    form: str
    nullable: bool
    fills_itself: bool


@dataclass(frozen=True, slots=True)
class TargetTable:
    """A table of the target's current schema. With a `problem` no rows may go into it."""

    name: str
    columns: tuple[TargetColumn, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column on its way: source name, target name, and the form it is written in."""

    source: str
    target: str
    source_type: str
    form: str


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table on its way. `key` holds target names, in the order of the source's key."""

    source: SourceTable
    name: str
    columns: tuple[ColumnPlan, ...]
    key: tuple[str, ...]

    @property
    def row_count(self) -> int:
        return self.source.row_count

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.target for column in self.columns)

    @property
    def key_indexes(self) -> tuple[int, ...]:
        """Where the key's columns stand among `columns`."""
        return tuple(self.column_names.index(name) for name in self.key)


@dataclass(frozen=True, slots=True)
class Reject:
    """One source row that is not in the target because of this run.

    `row_number` is its position in the heap scan, None when the target found the conflict; `key`
    is the key's values as a JSON array; `column` is empty when the whole row was refused.
    """

    table: str
    row_number: int | None
    key: str
    column: str
    reason: str
    preview: str


@dataclass(frozen=True, slots=True)
class ValuePair:
    """One column that is not equal; None is null. A value is cut, binary is only measured."""

    column: str
    pool: str | None
    server: str | None


class DifferenceKind(enum.StrEnum):
    """What is wrong with a row of the target."""

    MISSING = "missing"
    DIFFERS = "differs"
    EXTRA = "extra"
    GONE = "gone"  # the pool's own, which the run had left there
    REPLAYED = "replayed"  # a corrected reject, not as it was written


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that is not the same on both sides; `key` is a JSON array, or the whole row as text
    where the table has no key. `columns` names what differs, for DIFFERS; `values` has both
    sides of these for the first of a verification's."""

    key: str
    kind: DifferenceKind
    columns: tuple[str, ...]
    values: tuple[ValuePair, ...] = field(default=(), compare=False)
