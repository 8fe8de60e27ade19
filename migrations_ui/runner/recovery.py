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

from migrations_ui.models import Clearing, Migration, Recheck
from migrations_ui.runner.queue import (
    queue_check,
    queue_clearing,
    queue_recheck,
    queue_run,
)
from migrations_ui.runner.rollback_recovery import try_ways_back_again
from migrations_ui.states import MigrationStatus
from pools.services.isolation import isolated

logger = structlog.get_logger(__name__)


def requeue() -> None:
    """Queue each abandoned run once; the reservation lapses if that task is lost as well.

    One that cannot be queued stays as it is, for the next time, and stops no other.
    """
    patience = timedelta(seconds=settings.LIFEGUARD_LEASE_SECONDS)
    for migration_id, status in Migration.objects.abandoned().values_list("pk", "status"):
        # The transaction is the inner one, so that an error undoes the reservation.
        with _isolated("migration", migration_id), transaction.atomic():
            if Migration.objects.claim_abandoned(migration_id, patience=patience):
                queue = queue_check if status == MigrationStatus.CHECKING else queue_run
                queue(migration_id)
    _requeue(Recheck.objects.open(), queue_recheck, patience)
    _requeue(Clearing.objects.open(), queue_clearing, patience)
    try_ways_back_again()


def _requeue(
    asked: QuerySet[Recheck] | QuerySet[Clearing],
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


def _isolated(noun: object, pk: int) -> AbstractContextManager[None]:
    name = f"{noun} {pk}"
    return isolated(name, doing="Queueing it again", keep=logger.bind(row=name).warning)
