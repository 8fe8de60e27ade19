"""Rows that met an unequal one of the pool's: both sides and the verdict, as the shadows keep
them."""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.loaders.base import Target
from migrations_ui.transfer.loaders.keys import key_text
from migrations_ui.transfer.loaders.shadow import Shadow, shadow_name
from migrations_ui.transfer.plan import TransferPlan
from migrations_ui.transfer.policy import Verdict
from migrations_ui.transfer.showing import pairs
from migrations_ui.transfer.tables import TablePlan, ValuePair
from pools.databases.connection import DatabaseLogin


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
