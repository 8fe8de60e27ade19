"""Table transfer, its samples over time, and rejects: rows that could not go along."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import TransferStatus, Verification


def settled_equation(total: int, inserted: int, updated: int, kept: int, rejected: int) -> str:
    """What became of all rows, so that anybody can add it up; `kept` are the pool's, equal or
    not."""
    return (
        f"{total:,} = {inserted:,} inserted + {updated:,} updated + {kept:,} kept "
        f"+ {rejected:,} rejected"
    )


class TableTransfer(models.Model):
    """One table of a migration. The truth is in the target's control tables; this is the view."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="tables")
    position = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=128)
    rows_total = models.BigIntegerField(default=0)
    rows_copied = models.BigIntegerField(default=0)
    # Of these, what became of the rows that met one of the pool's (ConflictPolicy).
    rows_updated = models.BigIntegerField(default=0)
    rows_equal = models.BigIntegerField(default=0)
    rows_kept = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    status = models.CharField(
        max_length=8, choices=TransferStatus.choices, default=TransferStatus.WAITING
    )
    verification = models.CharField(
        max_length=12, choices=Verification.choices, default=Verification.NOT_VERIFIED
    )
    verified_at = models.DateTimeField(null=True)
    # When the run last wrote to it.
    written_at = models.DateTimeField(null=True)
    mismatches = models.BigIntegerField(default=0)
    # What finds its rows in the target again (transfer/remembered.py).
    plan = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["migration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["migration", "table"], name="table_once_a_migration")
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.rows_copied}/{self.rows_total}"

    @property
    def rows_settled(self) -> int:
        """Rows of which something has become; all of them, when the table is copied.

        Until then `rows_copied` counts them; after that, those inserted.
        """
        if self.status != TransferStatus.COPIED:
            return self.rows_copied
        met = self.rows_updated + self.rows_equal + self.rows_kept
        return self.rows_copied + met + self.rows_rejected

    @property
    def equation(self) -> str:
        """What became of its rows; empty until they are copied."""
        if self.status != TransferStatus.COPIED:
            return ""
        return settled_equation(
            *(self.rows_total, self.rows_copied, self.rows_updated),
            *(self.rows_equal + self.rows_kept, self.rows_rejected),
        )

    @property
    def stale_since(self) -> datetime | None:
        """When its verification ceased to tell how things are; None while it does.

        The run wrote again, or the pool goes on with the rows since the cut-over.
        """
        if self.verified_at is None:
            return None
        confirmed_at = self.migration.confirmed_at
        if confirmed_at is not None and self.migration.is_going_back is False:
            return max(confirmed_at, self.verified_at)
        written = self.written_at
        return written if written is not None and written > self.verified_at else None

    @property
    def conflicts(self) -> int:
        """Rows that the pool had too, and not equally."""
        return self.rows_updated + self.rows_kept


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
    # Its place in the source; null where the pool's database refused it.
    row_number = models.BigIntegerField(null=True)
    reason = models.TextField()
    preview = models.CharField(max_length=120, blank=True, default="")
    # Somebody has seen to it that the row may stay behind, and says why.
    note = models.CharField(max_length=400, blank=True, default="")
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["migration", "table", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}: {self.reason}"

    @property
    def may_be_corrected(self) -> bool:
        """One value kept it out, and it can be found again."""
        return bool(self.column) and self.row_number is not None
