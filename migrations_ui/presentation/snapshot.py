"""A migration at one moment, read from the rows: for the page, the poll, the socket and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from migrations_ui.models import Event, Finding, Migration, Step, TableTransfer
from migrations_ui.models.finding import COMPATIBILITY
from migrations_ui.presentation.outage import outage_clock
from migrations_ui.presentation.start import count_users
from migrations_ui.progress.eta import estimate_remaining, percent_of
from migrations_ui.progress.index_builds import PendingIndexes
from migrations_ui.progress.outage_clock import OutageClock
from migrations_ui.progress.samples import Sample, interval_rates
from migrations_ui.states import (
    EventKind,
    MigrationStatus,
    Outcome,
    StepName,
    StepStatus,
    TransferStatus,
)

STILL_COME_IN = {TransferStatus.WAITING, TransferStatus.COPYING}
# A page shows this many lines of the log and says how many came before.
LOG_TAIL = 500
# A client that was away longer gets the rest with the next message.
MOST_EVENTS = 2000
LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class CopyProgress:
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
    # While it copies: how long the comparison after it takes, as far as earlier runs show.
    then_verify: timedelta | None = None
    # Since when the copy holds itself back for the database's sake, and how much slower that is.
    slowed_since: datetime | None = None
    slowed_factor: float | None = None
    # Of copied tables: what became of rows that the pool had already.
    rows_updated: int = 0
    rows_equal: int = 0
    rows_kept: int = 0
    # Of all tables: rows that the pool has too, and not equally.
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class Following:
    """What a server says of its own transfer, and how long it may be silent, in seconds.

    `spoken_at` None: it has not said anything yet; `said` is the last line with a meaning.
    """

    began_at: datetime | None
    ended_at: datetime | None
    spoken_at: datetime | None
    said: str
    longest_silence: int


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
    progress: CopyProgress
    outage: OutageClock | None
    # While the server is down: how many users it has, as far as that is known.
    users_waiting: int | None
    # Only of a migration in which the server brings its own data.
    following: Following | None
    tables: tuple[TableTransfer, ...]
    findings: FindingCounts
    incompatible_values: tuple[Finding, ...]
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
    migration = (
        Migration.objects.select_related(
            "server__profile", "pool__database", "actor", "confirmed_by"
        )
        .prefetch_related("steps", "tables")
        .get(pk=migration_id)
    )
    first = max(0, migration.last_event - LOG_TAIL) if after is None else after
    events = tuple(migration.events.after(first)[:MOST_EVENTS])
    steps = tuple(migration.steps.all())
    tables = tuple(migration.tables.all())
    findings = tuple(migration.findings.all())
    progress = _progress(migration, steps, tables)
    outage = outage_clock(migration, left=progress.remaining, spread=progress.spread)
    down = outage is not None and outage.ended_at is None
    return Snapshot(
        as_of=timezone.now(),
        migration=migration,
        steps=steps,
        progress=progress,
        outage=outage,
        users_waiting=count_users(migration.server) if down else None,
        following=_following(migration, steps),
        tables=tables,
        findings=_count_findings([each for each in findings if each.group != COMPATIBILITY]),
        incompatible_values=tuple(each for each in findings if each.group == COMPATIBILITY),
        events=events,
        events_before=first,
        sequence=events[-1].sequence if events else first,
        last_lines=_last_lines(migration, events, before=first),
    )


def _progress(
    migration: Migration, steps: tuple[Step, ...], tables: tuple[TableTransfer, ...]
) -> CopyProgress:
    total = sum(table.rows_total for table in tables)
    copied = sum(table.rows_copied for table in tables)
    rejected = sum(table.rows_rejected for table in tables)
    merged = [table for table in tables if table.status == TransferStatus.COPIED]
    updated, equal, kept = (
        sum(getattr(table, name) for table in merged)
        for name in ("rows_updated", "rows_equal", "rows_kept")
    )
    settled = copied + rejected + updated + equal + kept
    complete = bool(tables) and all(table.status == TransferStatus.COPIED for table in tables)
    # What comes in no more has no rate: only keys are being made.
    keying = not any(table.status in STILL_COME_IN for table in tables)
    samples = [Sample(sample.at, sample.rows, sample.resumes) for sample in migration.samples.all()]
    copies = migration.state is MigrationStatus.RUNNING and migration.current_step == StepName.COPY
    ahead = (
        estimate_remaining(
            samples,
            rows_total=total,
            now=timezone.now(),
            cap=migration.rows_per_second,
            since=migration.throttle_changed_at,
            keys=_keys_ahead(migration, tables),
        )
        if copies and samples
        else None
    )
    return CopyProgress(
        rows_total=total,
        rows_copied=copied,
        rows_rejected=rejected,
        rows_updated=updated,
        rows_equal=equal,
        rows_kept=kept,
        conflicts=sum(table.conflicts for table in tables),
        percent=percent_of(settled, total=total, done=complete),
        rates=tuple(interval_rates(samples)),
        rows_per_second=ahead.rows_per_second if ahead and not keying else None,
        remaining=_whole_seconds(ahead.remaining)
        if ahead
        else _verify_left(migration, steps, tables),
        spread=ahead.spread if ahead else None,
        then_verify=_verify_ahead(migration, total) if copies else None,
        slowed_since=migration.slowed_since if copies else None,
        slowed_factor=migration.slowed_factor if copies else None,
    )


def _following(migration: Migration, steps: tuple[Step, ...]) -> Following | None:
    step = next((step for step in steps if step.name == StepName.FOLLOW), None)
    if step is None:
        return None
    return Following(
        began_at=step.started_at,
        ended_at=step.finished_at if step.status == StepStatus.DONE else None,
        spoken_at=migration.last_line_at,
        said=migration.last_progress_line,
        longest_silence=migration.server.profile.transfer_silence,
    )


def _keys_ahead(migration: Migration, tables: tuple[TableTransfer, ...]) -> list[PendingIndexes]:
    """Those being made, and those to come: of a pool that is created, tables get theirs last."""
    made = [table for table in tables if table.status == TransferStatus.KEYING]
    later = [table for table in tables if table.status in STILL_COME_IN]
    return [
        *(PendingIndexes(table.rows_total, table.keys_since, table.keys_part) for table in made),
        *(PendingIndexes(table.rows_total) for table in later if migration.creates_pool),
    ]


def _verify_ahead(migration: Migration, rows: int) -> timedelta | None:
    rate = Migration.objects.filter(pool=migration.pool_id).measured_verify_rate()
    return _whole_seconds(timedelta(seconds=rows / rate)) if rate else None


def _verify_left(
    migration: Migration, steps: tuple[Step, ...], tables: tuple[TableTransfer, ...]
) -> timedelta | None:
    """While it compares: from the tables done so far; a table says nothing before its end."""
    began = next((step.started_at for step in steps if step.name == StepName.VERIFY), None)
    verifies = migration.current_step == StepName.VERIFY
    if began is None or not verifies or migration.state is not MigrationStatus.RUNNING:
        return None
    done = [table for table in tables if table.verified_at and table.verified_at > began]
    rows_done = sum(table.rows_total for table in done)
    if not rows_done:
        return None
    last = max(table.verified_at for table in done if table.verified_at)
    rows_left = sum(table.rows_total for table in tables) - rows_done
    whole = (last - began) * (rows_left / rows_done)
    return _whole_seconds(max(timedelta(), whole - (timezone.now() - last)))


def _whole_seconds(duration: timedelta) -> timedelta:
    return timedelta(seconds=round(duration.total_seconds()))


def _count_findings(findings: Sequence[Finding]) -> FindingCounts:
    outcomes = [finding.outcome for finding in findings]
    return FindingCounts(
        checks=len(outcomes),
        blockers=outcomes.count(Outcome.BLOCKER),
        warnings=outcomes.count(Outcome.WARNING),
    )


def _last_lines(migration: Migration, events: Sequence[Event], *, before: int) -> tuple[Event, ...]:
    """What the failed step said last, for the failure notice: out of the `events` that were read
    (after number `before`), if they end where the log does and hold enough."""
    if migration.state is not MigrationStatus.FAILED:
        return ()
    step, kind = migration.current_step, EventKind.LOG
    said = [event for event in events if event.step == step and event.kind == kind]
    is_whole_tail = bool(events) and events[-1].sequence >= migration.last_event
    if is_whole_tail and (len(said) >= LAST_LINES or before == 0):
        return tuple(said[-LAST_LINES:])
    lines = migration.events.filter(step=step, kind=kind)
    return tuple(reversed(lines.order_by("-sequence")[:LAST_LINES]))
