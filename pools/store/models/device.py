"""A device of a user, with the codes of the administration API (domain.md 3.1)."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models


class Device(models.Model):
    """`sync_anchor` is the number of the last sync; while it is here no recovery sync is needed."""

    pk = models.CompositePrimaryKey("username", "device_id")
    username = models.CharField(max_length=254)
    device_id = models.CharField(max_length=64)
    device_provider = models.CharField(max_length=254)
    device_type = models.CharField(max_length=254)
    device_level = models.CharField(max_length=64, null=True)
    notification_type = models.SmallIntegerField()
    access_status = models.SmallIntegerField()
    approval_policy = models.SmallIntegerField()
    approval_date = models.DateTimeField(null=True)
    approver_ids = models.CharField(max_length=512, null=True)
    policy_compliance = models.SmallIntegerField()
    requested_wipe_options = models.IntegerField()
    wipe_request_status = models.SmallIntegerField()
    wipe_types_supported = models.IntegerField()
    wipe_action_date = models.DateTimeField(null=True)
    sms_address = models.CharField(max_length=64, null=True)
    sync_anchor = models.BigIntegerField()
    last_sync_time = models.DateTimeField(null=True)
    registered = models.DateTimeField()

    class Meta:
        db_table = "devices"

    def __str__(self) -> str:
        return f"{self.device_id} of {self.username}"
