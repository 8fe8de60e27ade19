"""Clearing: what a move kept in the pool's database is given up, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import RecheckStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ClearingQuerySet(models.QuerySet["Clearing"]):
    def open(self) -> QuerySet[Clearing]:
        return self.filter(status__in=(RecheckStatus.QUEUED, RecheckStatus.RUNNING))


class Clearing(models.Model):
    """Asked for, then carried out by a worker; one that failed is asked for again."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="clearings")
    status = models.CharField(
        max_length=8, choices=RecheckStatus.choices, default=RecheckStatus.QUEUED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clearings"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True, default="", help_text="How it ended, in a sentence.")

    objects = ClearingQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"Clearing {self.migration}: {self.get_status_display()}"
