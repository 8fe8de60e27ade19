"""Rows that met an unequal one of the pool's: both sides and the verdict, as the shadows keep
them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.loaders.base import Target
from migrations_ui.transfer.loaders.keys import key_text
from migrations_ui.transfer.loaders.shadow import Shadow, shadow_name
from migrations_ui.transfer.plan import TransferPlan
from migrations_ui.transfer.policy import Verdict
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin

# As much of a value as the reader shows of one that it rejects.
SHOWN = 40


@dataclass(frozen=True, slots=True)
class ValuePair:
    """One column that is not equal; None is null. A value is cut, binary is only measured."""

    column: str
    pool: str | None
    server: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One row that both sides had; `key` is a JSON array."""

    table: str
    key: str
    verdict: Verdict
    values: tuple[ValuePair, ...]


def list_conflicts(
    plan: TransferPlan, *, login: DatabaseLogin, run_id: str, limit: int = 1000
) -> list[Conflict]:
    """The first `limit` of run `run_id`, table by table."""
    found: list[Conflict] = []
    with open_target(login) as target:
        there = target.table_names()
        for table in plan.tables:
            if table.key and shadow_name(table.name) in there and len(found) < limit:
                found += _of_table(target, table, run_id, limit - len(found))
    return found


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
    table: TablePlan, pool: tuple[Any, ...], server: tuple[Any, ...]
) -> tuple[ValuePair, ...]:
    """The columns in which two rows differ."""
    return tuple(
        ValuePair(column, shown(theirs), shown(mine))
        for column, theirs, mine in zip(table.column_names, pool, server, strict=True)
        if theirs != mine
    )


def _of_table(target: Target, table: TablePlan, run_id: str, limit: int) -> list[Conflict]:
    width = len(table.columns)
    rows = target.execute(Shadow(table, run_id, target).both_sides(), most=limit)
    found = [
        Conflict(
            table=table.name,
            key=key_text([row[index] for index in table.key_indexes]),
            verdict=Verdict(verdict),
            values=pairs(table, row[:width], row[width:]),
        )
        for verdict, *row_ in rows
        for row in [tuple(row_)]
    ]
    return sorted(found, key=lambda conflict: conflict.key)
