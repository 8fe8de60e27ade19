"""IdempotencyKey: what a program was answered, so that the same request is not done twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

STORED_FOR = timedelta(hours=24)


class IdempotencyKey(models.Model):
    """One key of one person; `status` is null until the request has been answered.

    `fingerprint` is a keyed digest of the request: its body may hold a secret.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    # A digest as well: of one length, and in no engine's collation.
    key_digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    # When the request that may answer began.
    started_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(fields=["user", "key_digest"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.started_at:%Y-%m-%d %H:%M:%S}"


def purge_idempotency_keys(now: datetime | None = None) -> int:
    """Delete keys that nobody needs any more; returns how many."""
    before = (now or timezone.now()) - STORED_FOR
    return IdempotencyKey.objects.filter(started_at__lt=before).delete()[0]
