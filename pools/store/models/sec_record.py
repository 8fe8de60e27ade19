"""A security action (deny, wipe) that outlives its device (domain.md 7)."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models


class SecRecord(models.Model):
    """A security setting of a device."""

    pk = models.CompositePrimaryKey("username", "device_id")
    username = models.CharField(max_length=254)
    device_id = models.CharField(max_length=64)
    action = models.SmallIntegerField()
    status = models.SmallIntegerField()
    requested_by = models.CharField(max_length=254, null=True)
    requested_on = models.DateTimeField()
    remark = models.CharField(max_length=512, null=True)

    class Meta:
        db_table = "sec_records"

    def __str__(self) -> str:
        return f"security of {self.device_id} of {self.username}"
