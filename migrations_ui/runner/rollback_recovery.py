"""A rehearsal whose rollback failed: tried again by itself, because its server may be down."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.runner.queue import queue_run
from migrations_ui.runner.status import change_status
from migrations_ui.states import Level, MigrationKind, MigrationStatus, StepStatus
from pools.services.isolation import isolated

# After the n-th try it rests for n minutes: an hour and more in all, then a person has to look.
REST = timedelta(minutes=1)
MOST_TRIES = 12

logger = structlog.get_logger(__name__)


def retry_failed_rollbacks() -> None:
    """Queue those whose rest is over; one that cannot be queued stops no other."""
    failed = Migration.objects.filter(
        kind=MigrationKind.REHEARSAL, status=MigrationStatus.FAILED, is_going_back=True
    )
    for migration in failed:
        keep = logger.bind(migration=migration.pk).warning
        with isolated(migration, doing="Taking it back once more", keep=keep):
            _try_again(migration)


def _try_again(migration: Migration) -> None:
    step = migration.steps.filter(status=StepStatus.FAILED).order_by("-finished_at").first()
    if step is None or step.finished_at is None or step.attempts >= MOST_TRIES:
        return
    if step.finished_at + step.attempts * REST > timezone.now():
        return
    with transaction.atomic():
        if change_status(
            migration,
            new=MigrationStatus.CANCELLING,
            text=f"{step.get_name_display()} is taken back once more.",
            level=Level.WARNING,
        ):
            queue_run(migration.pk)
