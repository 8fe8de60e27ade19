"""A row's key as the JSON array that people see, and back to the values it was made of."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from migrations_ui.transfer.engines.pgcopy import kind_of
from migrations_ui.transfer.tables import TablePlan

FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "numeric": Decimal,
    "bytea": bytes.fromhex,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "float4": float,
    "float8": float,
}


def key_forms(table: TablePlan) -> tuple[str, ...]:
    """The forms of the key's columns, in the key's order."""
    return tuple(table.columns[index].form for index in table.key_indexes)


def key_text(values: Sequence[Any]) -> str:
    """Numbers, text and truth as JSON has them; everything else as its usual text."""
    return json.dumps([_plain(value) for value in values], ensure_ascii=False)


def key_values(text: str, forms: Sequence[str]) -> tuple[Any, ...]:
    """The values that `key_text` was given."""
    return tuple(
        value if value is None else FROM_JSON.get(kind_of(form), _same)(value)
        for value, form in zip(json.loads(text), forms, strict=True)
    )


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _same(value: Any) -> Any:
    return value
