"""What runs keep in the target beside the rows: every table of the engine's, and whose rows it has.

Only tables that look as this engine makes them are counted; another that happens to be called lg_…
is listed and otherwise left alone.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from migrations_ui.transfer.checkpoint.control_tables import CHUNK, DEFERRED, REJECT, TABLE
from migrations_ui.transfer.compare.staged_rows import SOURCE_ROWS, TARGET_ROWS
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.merge.chunk_merge import KEPT_OUT, STAGING
from migrations_ui.transfer.merge.conflict_table import PREFIX, conflict_table_name
from pools.databases.connection import DatabaseLogin

OURS = "lg_"


class Purpose(enum.StrEnum):
    """What a table of the engine's is for."""

    SIDES = "sides"
    PROGRESS = "progress"
    CHUNKS = "chunks"
    REJECTS = "rejects"
    KEYS = "keys"
    STAGING = "staging"
    UNKNOWN = "unknown"


OF_CONTROL: dict[str, Purpose] = {
    TABLE.name: Purpose.PROGRESS,
    CHUNK.name: Purpose.CHUNKS,
    REJECT.name: Purpose.REJECTS,
    DEFERRED.name: Purpose.KEYS,
}


@dataclass(frozen=True, slots=True)
class RetainedTable:
    """One table; `of` is the pool's table that its rows are of, empty where that is not one.

    `size` is in bytes, None where the engine does not say; `rows` by run, for tables whose rows
    belong to runs.
    """

    name: str
    purpose: Purpose
    of: str
    size: int | None
    rows: Mapping[str, int]


def list_retained(login: DatabaseLogin) -> tuple[RetainedTable, ...]:
    """Every table there whose name is the engine's, in the order of their names."""
    with open_target(login) as target:
        names = sorted(name for name in target.introspection.table_names() if name.startswith(OURS))
        sizes: Mapping[str, int] = {}
        # Some engines show sizes to few logins.
        with suppress(TargetRefused):
            sizes = target.introspection.table_bytes()
        tables = with_conflict_table(target) if TABLE.name in names else {}
        return tuple(_described(target, name, sizes.get(name), tables) for name in names)


def with_conflict_table(target: Target) -> dict[str, str]:
    """The tables that runs know, by the names of their conflict tables."""
    known = target.execute(f"SELECT DISTINCT table_name FROM {TABLE.name}")  # noqa: S608
    return {conflict_table_name(table): table for (table,) in known}


def spelled(target: Target, name: str) -> str:
    """A table of the engine's as SQL has it: control tables go without quotes (control_tables)."""
    return name if name in OF_CONTROL else target.grammar.quote(name)


def run_column(name: str) -> str:
    """Where a table of runs' rows says whose they are."""
    return "run_id" if name in OF_CONTROL else "lg_run"


def _described(
    target: Target, name: str, size: int | None, tables: Mapping[str, str]
) -> RetainedTable:
    purpose, of = _purpose(name), ""
    rows: dict[str, int] = {}
    if purpose is Purpose.SIDES:
        of = tables.get(name) or name.removeprefix(PREFIX)
    if purpose not in {Purpose.STAGING, Purpose.UNKNOWN}:
        column = run_column(name)
        try:
            rows = dict(
                target.execute(
                    f"SELECT {column}, COUNT(*) FROM {spelled(target, name)} GROUP BY {column}"  # noqa: S608
                )
            )
        except TargetRefused:
            # Somebody else's table of that name; or dropped in this moment.
            purpose, of = Purpose.UNKNOWN, ""
    return RetainedTable(name, purpose, of, size, rows)


def _purpose(name: str) -> Purpose:
    if name in OF_CONTROL:
        return OF_CONTROL[name]
    if name.startswith(PREFIX):
        return Purpose.SIDES
    staging = name.startswith((STAGING, KEPT_OUT, SOURCE_ROWS, TARGET_ROWS))
    return Purpose.STAGING if staging else Purpose.UNKNOWN
