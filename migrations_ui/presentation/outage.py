"""How long a server was stopped, and how much of it somebody waited for a person."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from migrations_ui.models import Migration
from migrations_ui.states import EventKind, MigrationKind, MigrationStatus, StepName, StepStatus
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
    waits = (
        until - since
        for (status, since), (_, until) in pairwise(changes)
        if status in WAITS_FOR_PERSON
    )
    return sum(waits, timedelta())


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
