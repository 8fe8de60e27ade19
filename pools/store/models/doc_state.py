"""What a device knows of one document: by far the largest table."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models


class DocState(models.Model):
    """Which version of a document a device has."""

    pk = models.CompositePrimaryKey("username", "device_id", "doc_id")
    username = models.CharField(max_length=254)
    device_id = models.CharField(max_length=64)
    doc_id = models.CharField(max_length=64)
    folder_id = models.CharField(max_length=64)
    subject = models.CharField(max_length=254, null=True)
    doc_type = models.SmallIntegerField()
    revision = models.IntegerField()
    size_bytes = models.BigIntegerField()
    content_digest = models.BinaryField(max_length=20, null=True)
    modified = models.DateTimeField()

    class Meta:
        db_table = "doc_state"
        indexes = [models.Index(fields=["folder_id"], name="doc_state_folder")]

    def __str__(self) -> str:
        return f"{self.doc_id} on {self.device_id}"
