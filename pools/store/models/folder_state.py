"""How far a device has come in a folder."""

from __future__ import annotations

from django.db import models


class FolderState(models.Model):
    """How far a device has synced a folder."""

    pk = models.CompositePrimaryKey("username", "device_id", "folder_id")
    username = models.CharField(max_length=254)
    device_id = models.CharField(max_length=64)
    folder_id = models.CharField(max_length=64)
    folder_name = models.CharField(max_length=254)
    sync_key = models.BigIntegerField()
    filter_days = models.SmallIntegerField(null=True)
    last_sync_time = models.DateTimeField(null=True)

    class Meta:
        db_table = "folder_state"

    def __str__(self) -> str:
        return f"{self.folder_name} on {self.device_id}"
