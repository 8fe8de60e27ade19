"""Runs whose worker is gone: noticed by their lapsed lease, and queued again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from migrations_ui.models import Migration, Purge, Verification
from migrations_ui.runner.queue import (
    queue_check,
    queue_purge,
    queue_run,
    queue_verification,
)
from migrations_ui.runner.rollback_recovery import retry_failed_rollbacks
from migrations_ui.states import MigrationStatus
from pools.services.isolation import isolated

logger = structlog.get_logger(__name__)


def requeue() -> None:
    """Queue each abandoned run once; the reservation lapses if that task is lost as well.

    One that cannot be queued stays as it is, for the next time, and stops no other.
    """
    patience = timedelta(seconds=settings.LIFEGUARD_LEASE_SECONDS)
    for migration_id, status in Migration.objects.stale().values_list("pk", "status"):
        # The transaction is the inner one, so that an error undoes the reservation.
        with _isolated("migration", migration_id), transaction.atomic():
            if Migration.objects.claim_stale(migration_id, patience=patience):
                queue = queue_check if status == MigrationStatus.CHECKING else queue_run
                queue(migration_id)
    _requeue(Verification.objects.open(), queue_verification, patience)
    _requeue(Purge.objects.open(), queue_purge, patience)
    retry_failed_rollbacks()


def _requeue(
    asked: QuerySet[Verification] | QuerySet[Purge],
    queue: Callable[[int], None],
    patience: timedelta,
) -> None:
    """Comparisons and clearings that nobody carries out, or whose worker is gone."""
    now = timezone.now()
    free = Q(migration__lease_until__isnull=True) | Q(migration__lease_until__lt=now)
    waiting = asked.filter(free, asked_at__lt=now - patience)
    for pk in waiting.values_list("pk", flat=True):
        with _isolated(asked.model._meta.verbose_name, pk), transaction.atomic():
            queue(pk)


def _isolated(display_noun: object, pk: int) -> AbstractContextManager[None]:
    name = f"{display_noun} {pk}"
    return isolated(name, doing="Queueing it again", keep=logger.bind(row=name).warning)
