"""The lease on a run: one worker at a time, and the number that fences off the one before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

from migrations_ui.states import WORKING
from migrations_ui.transfer.errors import RunnerReplaced

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from migrations_ui.models.migration import Migration


class LeaseQuerySet(models.QuerySet["Migration"]):
    """The part of a migration's rows that workers compete for."""

    def stale(self) -> QuerySet[Migration]:
        """Runs that should be at work but whose worker let the lease lapse."""
        return self.filter(status__in=WORKING).filter(
            models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=timezone.now())
        )

    def claim_stale(self, pk: int, *, patience: timedelta) -> bool:
        """Reserve an abandoned run for the task about to be queued; False when someone did.

        Nobody owns the lease then, so any worker may take it; it lapses after `patience`, so
        that a task lost on the way is queued again, and a slow queue is not flooded.
        """
        return bool(
            self.stale().filter(pk=pk).update(lease_owner="", lease_until=timezone.now() + patience)
        )

    def take_lease(self, pk: int, *, owner: str, duration: timedelta) -> bool:
        """Become the one runner: True when nobody has the lease, or it lapsed.

        It begins another attempt, which fences off the one before: see `writing`.
        """
        now = timezone.now()
        free = models.Q(lease_owner="") | models.Q(lease_until__lt=now)
        return bool(
            self.filter(free, pk=pk).update(
                lease_owner=owner, lease_until=now + duration, attempt=models.F("attempt") + 1
            )
        )

    @contextmanager
    def writing(self, pk: int, *, attempt: int) -> Iterator[None]:
        """A transaction that only the latest attempt may commit.

        The UPDATE locks the row, so nobody takes the run over before the commit. Raises
        RunnerReplaced when somebody has: a worker that was frozen, or cut off from here for a
        while, may not know it yet.
        """
        with transaction.atomic():
            if not self.filter(pk=pk, attempt=attempt).update(attempt=attempt):
                raise RunnerReplaced
            yield

    def renew_lease(self, pk: int, *, owner: str, duration: timedelta) -> bool:
        """Keep the lease; False when another worker has taken it."""
        return bool(
            self.filter(pk=pk, lease_owner=owner).update(lease_until=timezone.now() + duration)
        )

    def drop_lease(self, pk: int, *, owner: str) -> None:
        self.filter(pk=pk, lease_owner=owner).update(lease_owner="", lease_until=None)
