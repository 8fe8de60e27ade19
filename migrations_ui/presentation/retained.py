"""What a database keeps of moves, gathered for a page: by table, and by the move that it is of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from migrations_ui.models import Clearing, KeptListing, KeptRows, Migration
from migrations_ui.services.purge import why_no_clearing
from migrations_ui.states import KeptPurpose, RecheckStatus


@dataclass(frozen=True, slots=True)
class KeptTable:
    """One table; `size` in bytes, None where the engine does not tell."""

    name: str
    purpose: KeptPurpose
    of: str
    size: int | None
    rows: int
    # None: its rows are of no run, or were not counted.
    runs: int | None


@dataclass(slots=True)
class KeptRun:
    """What one run keeps; without a migration, it is a run that this console does not know."""

    run_id: str
    migration: Migration | None
    rows: int = 0
    tables: list[KeptRows] = field(default_factory=list)
    clearing: Clearing | None = None
    why_no_clearing: str = ""

    @property
    def may_be_cleared(self) -> bool:
        return self.migration is not None and not self.why_no_clearing

    @property
    def is_being_cleared(self) -> bool:
        return self.clearing is not None and self.clearing.status in {
            RecheckStatus.QUEUED,
            RecheckStatus.RUNNING,
        }


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything of one listing."""

    tables: Sequence[KeptTable]
    known: Sequence[KeptRun]
    strange: Sequence[KeptRun]

    @property
    def is_changing(self) -> bool:
        return any(run.is_being_cleared for run in self.known)


def kept_in(listing: KeptListing | None) -> Kept:
    """The tables and the runs of a listing, runs of known moves first by their latest."""
    lines = list(listing.lines.all()) if listing else []
    runs = {line.run_id for line in lines if line.run_id}
    migrations = {
        migration.run_id: migration
        for migration in Migration.objects.filter(run_id__in=runs).select_related("server", "pool")
    }
    by_run: dict[str, list[KeptRows]] = defaultdict(list)
    by_table: dict[str, list[KeptRows]] = defaultdict(list)
    for line in lines:
        by_table[line.table].append(line)
        if line.run_id:
            by_run[line.run_id].append(line)
    known = [run_of(migration, by_run[run_id]) for run_id, migration in migrations.items()]
    strange = [
        KeptRun(run_id, None, sum(line.rows for line in found), found)
        for run_id, found in by_run.items()
        if run_id not in migrations
    ]
    known.sort(key=lambda run: run.migration.pk if run.migration else 0, reverse=True)
    return Kept([_table(name, found) for name, found in by_table.items()], known, strange)


def run_of(migration: Migration, lines: Sequence[KeptRows]) -> KeptRun:
    """What one known move keeps, by the lines of a listing."""
    return KeptRun(
        migration.run_id,
        migration,
        sum(line.rows for line in lines),
        list(lines),
        migration.clearings.select_related("asked_by").first(),
        why_no_clearing(migration),
    )


def _table(name: str, lines: Sequence[KeptRows]) -> KeptTable:
    first = lines[0]
    purpose = KeptPurpose(first.purpose)
    runs = [line for line in lines if line.run_id]
    uncounted = purpose in {KeptPurpose.STAGING, KeptPurpose.UNKNOWN}
    return KeptTable(
        name=name,
        purpose=purpose,
        of=first.of_table,
        size=first.size,
        rows=sum(line.rows for line in runs),
        runs=None if uncounted else len(runs),
    )
