"""Tables and rows as both sides describe them, and how they are carried over. Plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A Derby column; `size` is its declared length or precision.

    `generated`: Derby computes it from others.
    """

    name: str
    type: str
    size: int
    scale: int
    nullable: bool
    identity: bool
    generated: bool = False


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A Derby table; `key` is empty when nothing makes its rows unique.

    `parents` are the tables its foreign keys refer to, as schema and name.
    """

    schema: str
    name: str
    row_count: int
    key: tuple[str, ...]
    columns: tuple[SourceColumn, ...]
    parents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredObject:
    """What looks like a table and holds no rows of its own; `kind` is "VIEW" or "SYNONYM"."""

    schema: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class SourceCatalog:
    """Everything that may be read from a Derby database."""

    tables: tuple[SourceTable, ...]
    ignored: tuple[IgnoredObject, ...]


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of the target; `form` is the reader's name for its binary form ("varchar:64"),
    empty when the reader cannot write that type.

    `charset` limits the characters of its text: Java's name of a code page, "bmp" for characters
    up to U+FFFF only, empty for all of Unicode.
    """

    name: str
    type: str
    form: str
    nullable: bool
    fills_itself: bool
    charset: str = ""


@dataclass(frozen=True, slots=True)
class TargetTable:
    """A table of the target's current schema; `parents` are those its foreign keys refer to.

    With a `problem` no rows may go into it.
    """

    name: str
    columns: tuple[TargetColumn, ...]
    parents: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One with both ends in the target's current schema; `parent_columns` in the order of
    `columns`.

    `kept` says why it cannot be deferred while rows go in; empty when it can.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    kept: str = ""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column on its way: source name, target name, and the form it is written in.

    `target_type` is the target's type as people write it, when this was planned.
    `options` say what becomes of values that would lose something ("nul=convert"); see `lossy`.
    """

    source: str
    target: str
    source_type: str
    form: str
    options: tuple[str, ...] = ()
    target_type: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table on its way. `key` holds target names, in the order of the source's key.

    `parents` are the target's tables whose rows have to be there first. `later` are those that its
    rows refer to as well, and that cannot be there first: itself, or the next one of a circle.
    """

    source: SourceTable
    name: str
    columns: tuple[ColumnPlan, ...]
    key: tuple[str, ...]
    parents: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return self.source.row_count

    @property
    def refers_to_itself(self) -> bool:
        """By a foreign key that is in force: one that is dropped for the load is not planned."""
        return self.name in self.later

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.target for column in self.columns)

    @property
    def is_limited_to_code_page(self) -> bool:
        """Whether the target's database, with our tables in it, holds some of Unicode only."""
        return any(
            option.startswith("charset=") and option != "charset=bmp"
            for column in self.columns
            for option in column.options
        )

    @property
    def key_indexes(self) -> tuple[int, ...]:
        """Where the key's columns stand among `columns`."""
        return tuple(self.column_names.index(name) for name in self.key)


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """What Derby finds in a table: `rows` are those of the table itself, None when they cannot be
    counted; `problem` is Derby's sentence, empty for none. Not `allowed`: indexes were not checked,
    because only the database's owner may have that done.
    """

    table: TablePlan
    rows: int | None
    problem: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class MeasuredColumn:
    """One column's values as the reader measured them: kinds of incompatible values and how many of
    each.

    `longest` counts characters, or bytes where the column holds bytes; None without any length.
    """

    name: str
    longest: int | None
    longest_bytes: int | None
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MeasuredTable:
    """`long_rows` are too long to be carried, the longest one has `longest_row` bytes."""

    rows: int
    long_rows: int
    longest_row: int
    columns: tuple[MeasuredColumn, ...]


@dataclass(frozen=True, slots=True)
class RejectedValue:
    """One value of a row that the target's column cannot hold; `column` is the source's name."""

    column: str
    reason: str
    preview: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One source row that is not in the target because of this run.

    `row_number` is its position in the heap scan, None when the target found the conflict; `key`
    is the key's values as a JSON array; `column` is empty when the whole row was refused. `more`
    are the row's other values that do not fit.
    """

    table: str
    row_number: int | None
    key: str
    column: str
    reason: str
    preview: str
    more: tuple[RejectedValue, ...] = ()

    @property
    def values(self) -> tuple[RejectedValue, ...]:
        """All values that kept it out; none, when the whole row was refused."""
        if not self.column:
            return ()
        return (RejectedValue(self.column, self.reason, self.preview), *self.more)


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
    CORRECTED = "replayed"  # a corrected reject, not as it was written


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that is not the same on both sides; `key` is a JSON array, or the whole row as text
    where the table has no key. `columns` names what differs, for DIFFERS; `values` has both
    sides of these for the first of a verification's."""

    key: str
    kind: DifferenceKind
    columns: tuple[str, ...]
    values: tuple[ValuePair, ...] = field(default=(), compare=False)
