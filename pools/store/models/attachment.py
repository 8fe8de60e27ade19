"""A file of a document, kept while a device fetches it."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models

from pools.store.fields import BlobField


class Attachment(models.Model):
    """`content` is NULL before the file was fetched, and empty when the file is empty."""

    pk = models.CompositePrimaryKey("username", "doc_id", "part")
    username = models.CharField(max_length=254)
    doc_id = models.CharField(max_length=64)
    part = models.SmallIntegerField()
    file_name = models.CharField(max_length=254)
    content_type = models.CharField(max_length=128, null=True)
    size_bytes = models.BigIntegerField()
    content = BlobField(null=True)
    stored = models.DateTimeField()

    class Meta:
        db_table = "attachments"

    def __str__(self) -> str:
        return self.file_name
