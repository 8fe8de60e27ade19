"""The DDL of each level as the files of each engine's folder have it: read when a DBA asks for it.

The files are written once by `python -m tools.store_ddl`, from the migrations. So a page that
hands them out needs no driver and no server, and need not import a backend: Db2's patches Django
for the whole process, and only workers may. And what a DBA has run is what the history of these
files shows, whatever a later backend would write.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pools.databases.engines import ENGINES
from pools.databases.kit_order import StoreLevel


@cache
def level_names() -> tuple[str, ...]:
    """All levels in order; every engine has the same ones."""
    return tuple(level.name for level in written_levels(next(iter(ENGINES))))


@cache
def written_levels(engine: str) -> tuple[StoreLevel, ...]:
    """All levels of an engine, a key of ENGINES, in order."""
    files = sorted(ENGINES[engine].ddl.glob("*.sql"))
    return tuple(StoreLevel(file.stem, file.read_text(encoding="utf-8")) for file in files)


def levels_after(levels: Sequence[StoreLevel], found: str) -> tuple[StoreLevel, ...]:
    """What is still to be run on a database at level `found`; empty: it has no tables."""
    return tuple(level for level in levels if level.name > found)
