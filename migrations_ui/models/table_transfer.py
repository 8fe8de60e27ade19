"""Table transfer, its samples over time, and rejects: rows that could not go along."""

from __future__ import annotations

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import TransferStatus, Verification


class TableTransfer(models.Model):
    """One table of a migration. The truth is in the target's control tables; this is the view."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="tables")
    position = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=128)
    rows_total = models.BigIntegerField(default=0)
    rows_copied = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    status = models.CharField(
        max_length=8, choices=TransferStatus.choices, default=TransferStatus.WAITING
    )
    verification = models.CharField(
        max_length=12, choices=Verification.choices, default=Verification.NOT_VERIFIED
    )
    verified_at = models.DateTimeField(null=True)
    mismatches = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["migration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["migration", "table"], name="table_once_a_migration")
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.rows_copied}/{self.rows_total}"


class ProgressSample(models.Model):
    """Rows copied so far at one moment; the rate, its curve and the time left come from these."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="samples")
    at = models.DateTimeField()
    rows = models.BigIntegerField()
    # The first of a stretch: nobody copied in the time before it.
    resumes = models.BooleanField(default=False)

    class Meta:
        ordering = ["migration", "at"]
        indexes = [models.Index(fields=["migration", "at"], name="sample_of_migration")]

    def __str__(self) -> str:
        return f"{self.rows} at {self.at:%H:%M:%S}"


class Reject(models.Model):
    """A row that stayed behind, and why. Copied from the target's control tables."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="rejects")
    table = models.CharField(max_length=128)
    row_key = models.CharField(max_length=255)
    column = models.CharField(max_length=128, blank=True, default="")
    reason = models.TextField()
    preview = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["migration", "table", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}: {self.reason}"
