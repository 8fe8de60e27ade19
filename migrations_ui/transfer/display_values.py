"""Values of rows as a page may show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migrations_ui.transfer.masking import Masking, hidden_pair
from migrations_ui.transfer.tables import TablePlan, ValuePair

# As much of a value as the reader shows of one that it rejects.
SHOWN = 40


def shown(value: Any) -> str | None:
    """A value as a page may show it."""
    match value:
        case None:
            return None
        case bytes() | bytearray() | memoryview():
            return f"{len(value):,} bytes"
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def pairs(
    table: TablePlan, pool: Sequence[Any], server: Sequence[Any], masking: Masking
) -> tuple[ValuePair, ...]:
    """The columns in which two rows differ."""
    return tuple(
        ValuePair(column.target, *_pair(theirs, mine, hides=masking.hides_column(table, column)))
        for column, theirs, mine in zip(table.columns, pool, server, strict=True)
        if theirs != mine
    )


def _pair(pool: Any, server: Any, *, hides: bool) -> tuple[str | None, str | None]:
    return hidden_pair(pool, server) if hides else (shown(pool), shown(server))
