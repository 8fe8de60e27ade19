"""How long a server was stopped, and how much of it somebody waited for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from django.utils import timezone

from migrations_ui.models import Migration, Step
from migrations_ui.progress.outage_clock import OutageClock, StepTimes, read_clock
from migrations_ui.states import (
    EventKind,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)
from pools.domain.durations import in_two_units
from pools.models import Server

# After this step the server serves again.
SERVES_AFTER: dict[MigrationKind, StepName] = {
    MigrationKind.MIGRATION: StepName.START,
    MigrationKind.VENDOR: StepName.FOLLOW,
    MigrationKind.REHEARSAL: StepName.RESTART,
}

# Nothing happens in these before a person does something.
WAITS_FOR_PERSON = frozenset(
    {MigrationStatus.PAUSED, MigrationStatus.FAILED, MigrationStatus.AWAITING_CUTOVER}
)


def outage_of(migration: Migration) -> timedelta | None:
    """From the stop to the server's return; None when it was not stopped, or is down still."""
    steps = {step.name: step for step in migration.steps.all()}
    stop, serves = steps.get(StepName.STOP), steps.get(SERVES_AFTER[migration.kind_enum])
    if not stop or not serves or not migration.server_was_running:
        return None
    if stop.started_at is None or serves.finished_at is None or serves.status != StepStatus.DONE:
        return None
    return serves.finished_at - stop.started_at


def waited_for_person(migration: Migration) -> timedelta | None:
    """Paused, failed or at the gate, in all; None for runs of before this was written down."""
    changes = list(
        migration.events.filter(kind=EventKind.STATUS)
        .order_by("sequence")
        .values_list("status", "at")
    )
    if not changes or not all(status for status, _ in changes):
        return None
    last, since_last = changes[-1]
    waits = [
        until - since
        for (status, since), (_, until) in pairwise(changes)
        if status in WAITS_FOR_PERSON
    ]
    if last in WAITS_FOR_PERSON:
        waits.append(timezone.now() - since_last)
    return sum(waits, timedelta())


def outage_clock(
    migration: Migration, *, left: timedelta | None = None, spread: timedelta | None = None
) -> OutageClock | None:
    """How long its server is down, and until when; None where it was not stopped for it.

    `left` and `spread` are what is known of the step under way. A rollback after the cut-over is
    another outage, of which nothing is expected: None as well.
    """
    taken_back = migration.is_going_back
    if not migration.server_was_running or (taken_back and not migration.is_before_cutover):
        return None
    steps = {step.name: step for step in migration.steps.all()}
    serves = steps[SERVES_AFTER[migration.kind_enum]]
    stop = steps[StepName.STOP]
    between = [each for each in steps.values() if stop.position <= each.position <= serves.position]
    read = partial(
        read_clock,
        [_times(step) for step in between],
        now=timezone.now(),
        ended_at=_served_again_at(stop, serves),
        left_of_current=left,
        spread_of_current=spread,
        stands_still=migration.state in {MigrationStatus.PAUSED, MigrationStatus.FAILED},
        goes_back=taken_back,
    )
    clock = read()
    if clock is None or clock.overdue is None:
        return clock
    # A query that only a late one costs: bell and overview ask about every migration.
    return read(waited=waited_for_person(migration) or timedelta())


def _served_again_at(stop: Step, serves: Step) -> datetime | None:
    """By the step that starts it, or because Stop was taken back."""
    if serves.status == StepStatus.DONE:
        return serves.finished_at
    return stop.finished_at if stop.status == StepStatus.UNDONE else None


def _times(step: Step) -> StepTimes:
    expected = step.expected_seconds
    return StepTimes(
        label=step.get_name_display(),
        began_at=step.started_at,
        ended_at=step.finished_at if step.status in {StepStatus.DONE, StepStatus.UNDONE} else None,
        expected=None if expected is None else timedelta(seconds=expected),
        waits_for_person=step.name == StepName.CUTOVER,
    )


def expected_outage(server: Server) -> str:
    """For a server that was rehearsed or migrated before: about how long; empty for a new one."""
    last = server.migrations.filter(backup_bytes__gt=0).order_by("-pk").first()
    if last is None:
        return ""
    measured = outage_of(last) if last.is_rehearsal else None
    if measured is None:
        backup = last.steps.filter(name=StepName.BACKUP, finished_at__isnull=False).first()
        if backup is None or backup.started_at is None or backup.finished_at is None:
            return ""
        measured = backup.finished_at - backup.started_at
    return in_two_units(measured)
