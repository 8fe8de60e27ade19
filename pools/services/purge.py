"""Users and devices that no listing names any more, purged when they are gone for long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from pools.models import Device, TravelerUser

# Fits into the parameters of one statement on every engine.
PURGED_AT_ONCE = 500
# So that one run ends while others wait for the worker; the next one goes on.
PURGED_A_RUN = 50_000


def purge_gone(*, limit: int = PURGED_A_RUN) -> int:
    """Delete at most `limit` users and devices that are gone for longer than GONE_DAYS; returns
    how many. A user who still has a device that is listed stays."""
    before = timezone.now() - timedelta(days=settings.LIFEGUARD_GONE_DAYS)
    devices = _purge(Device.objects.filter(gone_at__lt=before), limit)
    gone = TravelerUser.objects.filter(gone_at__lt=before)
    return devices + _purge(gone.filter(devices__isnull=True), limit - devices)


def _purge(rows: QuerySet[Any], limit: int) -> int:
    """Each portion behind the last, so that the whole table is read once at most."""
    purged = after = 0
    ordered = rows.order_by("pk").values_list("pk", flat=True)
    while purged < limit:
        portion = list(ordered.filter(pk__gt=after)[: min(PURGED_AT_ONCE, limit - purged)])
        if not portion:
            break
        rows.model._default_manager.filter(pk__in=portion).delete()
        purged += len(portion)
        after = portion[-1]
    return purged
