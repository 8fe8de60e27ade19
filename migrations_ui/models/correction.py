"""Correction: a row that had were rejected, and was written as a person corrected it."""

from __future__ import annotations

import json

from django.conf import settings
from django.db import models

from migrations_ui.models.migration import Migration

SHOWN = 120


class Correction(models.Model):
    """It counts as inserted, and the source does not say it so.

    `changes` is a JSON list of [column, how the source's value begins, how what was typed begins].
    """

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="corrections")
    table = models.CharField(max_length=128)
    row_key = models.CharField(max_length=255, help_text="The row's key in the source.")
    changes = models.TextField(default="[]")
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    corrected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["migration", "table", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}, corrected"

    @property
    def values(self) -> list[tuple[str, str, str]]:
        """Column, what the source has and what was typed, each cut to be shown."""
        return [tuple(change) for change in json.loads(self.changes)]
