"""The DDL of each level as the files in `ddl/` have it: read, never made, when a DBA asks.

The files are written once by `python -m tools.store_ddl`, from the migrations. So a page that
hands them out needs no driver and no server, and need not import a backend: Db2's patches Django
for the whole process, and only workers may. And what a DBA has run is what the history of these
files shows, whatever a later backend would write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DDL = Path(__file__).with_name("ddl")


@dataclass(frozen=True, slots=True)
class StoreLevel:
    """`sql`: the statements that lead from the level before to this one."""

    name: str
    sql: str


@cache
def level_names() -> tuple[str, ...]:
    """All levels in order; every engine has the same ones."""
    first = min(folder.name for folder in DDL.iterdir() if folder.is_dir())
    return tuple(level.name for level in written_levels(first))


@cache
def written_levels(engine: str) -> tuple[StoreLevel, ...]:
    """All levels of an engine, a key of ENGINES, in order."""
    files = sorted((DDL / engine).glob("*.sql"))
    return tuple(StoreLevel(file.stem, file.read_text(encoding="utf-8")) for file in files)


def levels_after(levels: Sequence[StoreLevel], found: str) -> tuple[StoreLevel, ...]:
    """What is still to be run on a database at level `found`; empty: it has no tables."""
    return tuple(level for level in levels if level.name > found)
