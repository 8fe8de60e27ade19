"""Device: belongs to one user; its key is (device id, user)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from pools.models.traveler_user import TravelerUser

if TYPE_CHECKING:
    from django.db.models import QuerySet


class DeviceQuerySet(models.QuerySet["Device"]):
    """Devices that are still listed."""

    def present(self) -> QuerySet[Device]:
        """Those that the last inventory still listed."""
        return self.filter(gone_at__isnull=True)


class Device(models.Model):
    """Fields and codes as `/api/traveler/devices` gives them (domain.md 3.1)."""

    pool_path = "user__pool"

    user = models.ForeignKey(TravelerUser, on_delete=models.CASCADE, related_name="devices")
    device_id = models.CharField(max_length=255)
    provider = models.CharField(max_length=255, blank=True, default="")
    device_type = models.CharField(max_length=255, blank=True, default="")
    client_level = models.CharField(max_length=80, blank=True, default="")
    notification_type = models.IntegerField(null=True)
    last_sync_at = models.DateTimeField(null=True)
    access_status = models.IntegerField(null=True)
    approval_policy = models.IntegerField(null=True)
    policy_compliance = models.IntegerField(null=True)
    wipe_options = models.CharField(max_length=80, blank=True, default="")
    wipe_status = models.CharField(max_length=80, blank=True, default="")
    printed = models.TextField(
        blank=True, default="", help_text="Its fields as `tell traveler user` printed them."
    )
    # Case-folded, for look-up by prefix on every engine.
    id_key = models.CharField(max_length=255, db_index=True)
    type_key = models.CharField(max_length=255, blank=True, default="", db_index=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["user", "device_id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "device_id"], name="device_once_a_user")
        ]

    def __str__(self) -> str:
        return self.device_id
