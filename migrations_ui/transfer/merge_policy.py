"""Which row stays when a joining server brings one that the pool has already.

The engine knows no schema: which column holds a row's age, and which table's verdict another
table follows, is given to it (`pools/store/merge_rules.py` has them for the pool store).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrations_ui.transfer.tables import TablePlan


class MergePolicy(enum.StrEnum):
    """What a run does with rows that both sides have, and not equally."""

    NEWEST = "newest"
    POOL = "pool"
    SERVER = "server"
    STOP = "stop"


class MergeVerdict(enum.StrEnum):
    """What a run did with one row that met a row of the pool's with the same key."""

    EQUAL = "equal"  # the same on both sides: nothing to do
    KEPT = "kept"  # the pool's row stays
    REPLACED = "replaced"  # the server's row took its place
    # The server's row would have won, but a value in it, unique in the pool, is another row's; or
    # it would take a value away that rows of other tables refer to.
    UNIQUE_VIOLATION = "barred"
    # No meeting: a reject that was written with a corrected value.
    CORRECTED = "replayed"


@dataclass(frozen=True, slots=True)
class Parent:
    """The table whose verdict a table follows; `columns` are the parent's key, in both."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeRules:
    """Names in lower case; a table without an age keeps the pool's row."""

    ages: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, Parent] = field(default_factory=dict)

    def age_of(self, table: TablePlan) -> str | None:
        """The target's name of the column that holds the age; None when there is none."""
        wanted = self.ages.get(table.name.casefold())
        return next((name for name in table.column_names if name.casefold() == wanted), None)

    def parent_of(self, table: TablePlan) -> Parent | None:
        return self.parents.get(table.name.casefold())

    def is_parent_of(self, one: TablePlan, table: TablePlan) -> bool:
        parent = self.parent_of(table)
        return parent is not None and parent.table == one.name.casefold()


# Then no row has an age.
NO_RULES = MergeRules()


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """How many rows met one of the pool's, by what came of it. `kept` counts barred ones too."""

    updated: int = 0
    equal: int = 0
    kept: int = 0

    def __add__(self, other: MergeCounts) -> MergeCounts:
        return MergeCounts(
            self.updated + other.updated, self.equal + other.equal, self.kept + other.kept
        )

    @property
    def total(self) -> int:
        return self.updated + self.equal + self.kept
