"""Purge: a request to delete what a migration retains in the database of its pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import VerificationStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet


class PurgeQuerySet(models.QuerySet["Purge"]):
    """Purges that have not ended."""

    def open(self) -> QuerySet[Purge]:
        return self.filter(status__in=(VerificationStatus.QUEUED, VerificationStatus.RUNNING))


class Purge(models.Model):
    """Asked for, then carried out by a worker; one that failed is asked for again."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="purges")
    status = models.CharField(
        max_length=8, choices=VerificationStatus.choices, default=VerificationStatus.QUEUED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purges"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True, default="", help_text="How it ended, in a sentence.")

    objects = PurgeQuerySet.as_manager()

    class Meta:
        db_table = "migrations_ui_clearing"
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"Purge of {self.migration}: {self.get_status_display()}"
