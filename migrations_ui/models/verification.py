"""Recheck: a comparison asked for by itself, at any later time; and what comparisons found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from migrations_ui.models.conflict import TwoSided
from migrations_ui.models.migration import Migration
from migrations_ui.states import MismatchKind, VerificationKind, VerificationStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST_KEY = 255


class Mismatch(TwoSided):
    """A row that the last comparison of its table found wrong; the first thousand of a
    migration."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="mismatches")
    kind = models.CharField(max_length=8, choices=MismatchKind.choices)

    class Meta:
        ordering = ["migration", "table", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}: {self.get_kind_display()}"

    @property
    def may_be_repaired(self) -> bool:
        """Not what the run never wrote; and its key has to be known whole."""
        return self.kind != MismatchKind.EXTRA and len(self.row_key) < LONGEST_KEY


class VerificationQuerySet(models.QuerySet["Verification"]):
    """Verifications that have not ended."""

    def open(self) -> QuerySet[Verification]:
        return self.filter(status__in=(VerificationStatus.QUEUED, VerificationStatus.RUNNING))

    def last_failed_corrections(self, rejects: Iterable[int]) -> dict[int, Verification]:
        """The last attempt to correct each of these rejects, where it failed."""
        tried = self.filter(reject__in=list(rejects), kind=VerificationKind.CORRECTION)
        # One overwrites another, so the last one stays.
        last = {each.reject_id: each for each in tried.order_by("asked_at", "pk")}
        return {
            pk: each
            for pk, each in last.items()
            if pk is not None and each.status == VerificationStatus.FAILED
        }


class Verification(models.Model):
    """`chosen` is a JSON object, table → keys, of the rows to write again; empty: all.

    For a replay: the reject, and `typed`, a JSON object: column → what is to be in it.
    """

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="verifications")
    kind = models.CharField(max_length=8, choices=VerificationKind.choices)
    status = models.CharField(
        max_length=8, choices=VerificationStatus.choices, default=VerificationStatus.QUEUED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="verifications"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    chosen = models.TextField(default="{}")
    reject = models.ForeignKey(
        "migrations_ui.Reject", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    typed = models.TextField(default="{}")
    summary = models.TextField(blank=True, default="", help_text="How it ended, in a sentence.")

    objects = VerificationQuerySet.as_manager()

    class Meta:
        db_table = "migrations_ui_recheck"
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_status_display()}"

    @property
    def corrections(self) -> dict[str, str]:
        corrections: dict[str, str] = json.loads(self.typed)
        return corrections

    @property
    def keys_by_table(self) -> dict[str, list[str]]:
        keys: dict[str, list[str]] = json.loads(self.chosen)
        return keys
