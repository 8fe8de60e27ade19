"""How long a rehearsal stops a server, as far as earlier runs tell."""

from __future__ import annotations

from datetime import timedelta

from migrations_ui.models import Migration
from migrations_ui.states import StepName
from pools.domain.durations import in_two_units
from pools.models import Server


def outage_of(rehearsal: Migration) -> timedelta | None:
    """From the stop to the server's return; None when it was not stopped, or is down still."""
    steps = {step.name: step for step in rehearsal.steps.all()}
    stop, restart = steps.get(StepName.STOP), steps.get(StepName.RESTART)
    if not stop or not restart or not rehearsal.server_was_running:
        return None
    if stop.started_at is None or restart.finished_at is None:
        return None
    return restart.finished_at - stop.started_at


def expected_outage(server: Server) -> str:
    """For a server that was rehearsed or moved before: about how long; empty for a new one."""
    last = server.migrations.filter(backup_bytes__gt=0).order_by("-pk").first()
    if last is None:
        return ""
    measured = outage_of(last)
    if measured is None:
        backup = last.steps.filter(name=StepName.BACKUP, finished_at__isnull=False).first()
        if backup is None or backup.started_at is None or backup.finished_at is None:
            return ""
        measured = backup.finished_at - backup.started_at
    return in_two_units(measured)
