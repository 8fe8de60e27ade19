"""A migration at one moment, read from the rows: for the page, the poll, the socket and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from migrations_ui.live.rate import Sample, estimate, interval_rates, percent_of
from migrations_ui.models import Event, Migration, Step, TableTransfer
from migrations_ui.states import EventKind, MigrationStatus, Outcome, StepName, TransferStatus

# A page shows this many lines of the log and says how many came before.
LOG_TAIL = 500
# A client that was away longer gets the rest with the next message.
MOST_EVENTS = 2000
LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows over all tables. `rates` is the curve since the start, in rows a second.

    rows_per_second, remaining and spread are None when nothing is being copied.
    """

    rows_total: int
    rows_copied: int
    rows_rejected: int
    percent: int
    rates: tuple[int, ...]
    rows_per_second: int | None = None
    remaining: timedelta | None = None
    spread: timedelta | None = None
    # Of copied tables: what became of rows that met one of the pool's.
    rows_updated: int = 0
    rows_equal: int = 0
    rows_kept: int = 0
    # Of all tables: rows that the pool has too, and not equally.
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """Lines of the preflight report."""

    checks: int
    blockers: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`events` end with number `sequence`; `events_before` come before the first of them."""

    as_of: datetime
    migration: Migration
    steps: tuple[Step, ...]
    progress: Progress
    tables: tuple[TableTransfer, ...]
    findings: FindingCounts
    events: tuple[Event, ...]
    events_before: int
    sequence: int
    last_lines: tuple[Event, ...]

    def context(self) -> dict[str, object]:
        """The same by name, for templates."""
        return {name: getattr(self, name) for name in self.__slots__}


def take_snapshot(migration_id: int, *, after: int | None = None) -> Snapshot:
    """Read everything. `after`: the last event that the client has; None: the tail of the log.

    Raises Migration.DoesNotExist.
    """
    migration = Migration.objects.select_related(
        "server", "pool__database", "actor", "confirmed_by"
    ).get(pk=migration_id)
    first = max(0, migration.last_event - LOG_TAIL) if after is None else after
    events = tuple(migration.events.after(first)[:MOST_EVENTS])
    tables = tuple(migration.tables.all())
    return Snapshot(
        as_of=timezone.now(),
        migration=migration,
        steps=tuple(migration.steps.all()),
        progress=_progress(migration, tables),
        tables=tables,
        findings=_count_findings(migration),
        events=events,
        events_before=first,
        sequence=events[-1].sequence if events else first,
        last_lines=_last_lines(migration),
    )


def _progress(migration: Migration, tables: tuple[TableTransfer, ...]) -> Progress:
    total = sum(table.rows_total for table in tables)
    copied = sum(table.rows_copied for table in tables)
    rejected = sum(table.rows_rejected for table in tables)
    met = [table for table in tables if table.status == TransferStatus.COPIED]
    updated, equal, kept = (
        sum(getattr(table, name) for table in met)
        for name in ("rows_updated", "rows_equal", "rows_kept")
    )
    settled = copied + rejected + updated + equal + kept
    complete = bool(tables) and all(table.status == TransferStatus.COPIED for table in tables)
    samples = [Sample(sample.at, sample.rows) for sample in migration.samples.all()]
    copies = migration.state is MigrationStatus.RUNNING and migration.current_step == StepName.COPY
    ahead = estimate(samples, rows_left=max(0, total - settled)) if copies and samples else None
    return Progress(
        rows_total=total,
        rows_copied=copied,
        rows_rejected=rejected,
        rows_updated=updated,
        rows_equal=equal,
        rows_kept=kept,
        conflicts=sum(table.conflicts for table in tables),
        percent=percent_of(settled, total=total, done=complete),
        rates=tuple(interval_rates(samples)),
        rows_per_second=ahead.rows_per_second if ahead else None,
        remaining=ahead.remaining if ahead else None,
        spread=ahead.spread if ahead else None,
    )


def _count_findings(migration: Migration) -> FindingCounts:
    outcomes = list(migration.findings.values_list("outcome", flat=True))
    return FindingCounts(
        checks=len(outcomes),
        blockers=outcomes.count(Outcome.BLOCKER),
        warnings=outcomes.count(Outcome.WARNING),
    )


def _last_lines(migration: Migration) -> tuple[Event, ...]:
    """What the failed step said last, for the failure notice."""
    if migration.state is not MigrationStatus.FAILED:
        return ()
    lines = migration.events.filter(step=migration.current_step, kind=EventKind.LOG)
    return tuple(reversed(lines.order_by("-sequence")[:LAST_LINES]))
