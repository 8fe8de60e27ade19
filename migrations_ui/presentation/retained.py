"""What a database keeps of migrations, gathered for a page: by table, and by the migration that it
is of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from migrations_ui.models import Migration, Purge, RetainedListing, RetainedRows
from migrations_ui.services.purge import why_no_purge
from migrations_ui.states import RetainedPurpose, VerificationStatus


@dataclass(frozen=True, slots=True)
class RetainedTableLine:
    """One table; `size` in bytes, None where the engine does not say."""

    name: str
    purpose: RetainedPurpose
    of: str
    size: int | None
    rows: int
    # None: its rows are of no run, or were not counted.
    runs: int | None


@dataclass(slots=True)
class RetainedRun:
    """What one run keeps; without a migration, it is a run that this console does not know."""

    run_id: str
    migration: Migration | None
    rows: int = 0
    tables: list[RetainedRows] = field(default_factory=list)
    purge: Purge | None = None
    why_no_purge: str = ""

    @property
    def may_be_purged(self) -> bool:
        return self.migration is not None and not self.why_no_purge

    @property
    def is_being_purged(self) -> bool:
        return self.purge is not None and self.purge.status in {
            VerificationStatus.QUEUED,
            VerificationStatus.RUNNING,
        }


@dataclass(frozen=True, slots=True)
class Retained:
    """Everything of one listing."""

    tables: Sequence[RetainedTableLine]
    known: Sequence[RetainedRun]
    strange: Sequence[RetainedRun]

    @property
    def is_changing(self) -> bool:
        return any(run.is_being_purged for run in self.known)


def retained_in(listing: RetainedListing | None) -> Retained:
    """The tables and the runs of a listing, runs of known migrations first by their latest."""
    lines = list(listing.lines.all()) if listing else []
    runs = {line.run_id for line in lines if line.run_id}
    migrations = {
        migration.run_id: migration
        for migration in Migration.objects.filter(run_id__in=runs).select_related("server", "pool")
    }
    by_run: dict[str, list[RetainedRows]] = defaultdict(list)
    by_table: dict[str, list[RetainedRows]] = defaultdict(list)
    for line in lines:
        by_table[line.table].append(line)
        if line.run_id:
            by_run[line.run_id].append(line)
    known = [run_of(migration, by_run[run_id]) for run_id, migration in migrations.items()]
    strange = [
        RetainedRun(run_id, None, sum(line.rows for line in found), found)
        for run_id, found in by_run.items()
        if run_id not in migrations
    ]
    known.sort(key=lambda run: run.migration.pk if run.migration else 0, reverse=True)
    return Retained([_table(name, found) for name, found in by_table.items()], known, strange)


def run_of(migration: Migration, lines: Sequence[RetainedRows]) -> RetainedRun:
    """What one known migration keeps, by the lines of a listing."""
    return RetainedRun(
        migration.run_id,
        migration,
        sum(line.rows for line in lines),
        list(lines),
        migration.purges.select_related("asked_by").first(),
        why_no_purge(migration),
    )


def _table(name: str, lines: Sequence[RetainedRows]) -> RetainedTableLine:
    first = lines[0]
    purpose = RetainedPurpose(first.purpose)
    runs = [line for line in lines if line.run_id]
    uncounted = purpose in {RetainedPurpose.STAGING, RetainedPurpose.UNKNOWN}
    return RetainedTableLine(
        name=name,
        purpose=purpose,
        of=first.of_table,
        size=first.size,
        rows=sum(line.rows for line in runs),
        runs=None if uncounted else len(runs),
    )
