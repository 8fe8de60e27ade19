"""Which values of rows may be shown, and what is shown instead of the others. Pure.

Shown are a row's key, because the row is known by it, and numbers, points in time and truth. Text
and bytes beside the key may be what somebody wrote: what is shown of them is their length, and
where two differ. The engine knows no schema: whose text may be shown all the same is given to it
(`pools/store/visible_columns.py` has that for the pool store).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.tables import ColumnPlan, TablePlan

# The reader sends as many characters of a value that does not fit; of bytes, in hexadecimal.
PREVIEW_LENGTH = 80
# Of unknown form is what was kept before the form was.
PRIVATE = frozenset({"text", "varchar", "bpchar", "bytea", ""})


@dataclass(frozen=True, slots=True)
class Masking:
    """`plain` has the columns that may be shown by table, all names in lower case."""

    plain: Mapping[str, Collection[str]] = field(default_factory=dict)

    def hides(self, table: str, column: str, form: str, *, in_key: bool) -> bool:
        if in_key or kind_of(form) not in PRIVATE:
            return False
        return column.casefold() not in self.plain.get(table.casefold(), ())

    def hides_column(self, table: TablePlan, column: ColumnPlan) -> bool:
        in_key = column.target in table.key
        return self.hides(table.name, column.target, column.form, in_key=in_key)

    def preview(self, table: TablePlan, source: str, text: str) -> str:
        """How a value begins that does not fit; `source` is the source's name of its column."""
        for column in table.columns:
            if column.source == source and text and self.hides_column(table, column):
                if kind_of(column.form) == "bytea":
                    return _hidden(len(text) // 2, "byte", more=len(text) >= PREVIEW_LENGTH)
                return _hidden(len(text), "character", more=len(text) >= PREVIEW_LENGTH)
        return text

    def whole_row(self, table: TablePlan, text: str) -> str:
        """A row of a table without key, which has nothing else to be known by."""
        hidden = sum(self.hides_column(table, column) for column in table.columns)
        if not hidden:
            return text
        return f"(hidden: a row without key, {hidden} of {len(table.columns)} columns private)"


def hidden_text(text: str) -> str:
    return _hidden(len(text), "character")


def hidden_pair(pool: Any, server: Any) -> tuple[str | None, str | None]:
    """Of two values that are not equal: how long they are, and where they cease to be equal."""
    if pool is None or server is None:
        return _side(pool), _side(server)
    where = f"; they differ from {_unit(pool)} {_alike(pool, server) + 1:,} on"
    return _side(pool, where), _side(server, where)


def _side(value: Any, where: str = "") -> str | None:
    return None if value is None else _hidden(len(value), _unit(value), where=where)


def _unit(value: Any) -> str:
    return "character" if isinstance(value, str) else "byte"


def _alike(one: Any, other: Any) -> int:
    """How many characters or bytes both begin with; there may be megabytes."""
    alike, most = 0, min(len(one), len(other))
    while alike < most:
        middle = (alike + most + 1) // 2
        if one[alike:middle] == other[alike:middle]:
            alike = middle
        else:
            most = middle - 1
    return alike


def _hidden(length: int, unit: str, *, where: str = "", more: bool = False) -> str:
    units = f"{unit}{'' if length == 1 else 's'}"
    return f"(hidden: {length:,} {units}{' or more' * more}{where})"
