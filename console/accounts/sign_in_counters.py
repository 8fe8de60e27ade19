"""SignInCounter: how often signing in has failed lately, of one account, address or pair of both.

In the console's database, so that all web processes count together and Redis may lose everything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

# A counter that has not changed for this long starts from zero.
FORGET_AFTER = timedelta(hours=1)
# How long an address stays known as one from which an account signs in.
KNOWN_FOR = timedelta(days=30)


class SignInCounterQuerySet(models.QuerySet["SignInCounter"]):
    """Counts failed sign-ins under keys that name nobody."""

    def is_known(self, key: str, now: datetime) -> bool:
        """True when this pair of account and address has signed in lately."""
        return self.filter(pk=key, succeeded_at__gt=now - KNOWN_FOR).exists()

    def stale(self, now: datetime) -> Self:
        """Counters that say nothing any more."""
        unknown = Q(succeeded_at__isnull=True) | Q(succeeded_at__lte=now - KNOWN_FOR)
        return self.filter(unknown, changed_at__lte=now - FORGET_AFTER)

    def charge(
        self, seen: SignInCounter, *, failures: int, blocked_until: datetime | None, now: datetime
    ) -> bool:
        """Count one attempt; False when another one was counted since `seen` was read."""
        return bool(
            self.filter(pk=seen.pk, failures=seen.failures, changed_at=seen.changed_at).update(
                failures=failures, blocked_until=blocked_until, changed_at=now
            )
        )

    def refund(self, keys: list[str]) -> None:
        """Take back the attempts that were charged to these keys, because one succeeded."""
        self.filter(pk__in=keys, failures__gt=0).update(
            failures=F("failures") - 1, blocked_until=None
        )


class SignInCounter(models.Model):
    """`key` is a digest: names that people type, which may be passwords, are not kept."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)
    # Of pairs of account and address only.
    succeeded_at = models.DateTimeField(null=True)

    objects = SignInCounterQuerySet.as_manager()

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"{self.key[:8]}…: {self.failures}"

    def recent_failures(self, now: datetime) -> int:
        return 0 if self.changed_at <= now - FORGET_AFTER else self.failures

    def wait(self, now: datetime) -> timedelta:
        """Until the next attempt is taken."""
        return max(self.blocked_until - now, timedelta()) if self.blocked_until else timedelta()
