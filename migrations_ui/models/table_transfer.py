"""Table transfer, its samples over time, and rejects: rows that could not go along."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import TableVerification, TransferStatus
from migrations_ui.transfer.corrections.parse import described
from migrations_ui.transfer.tables import TablePlan


def settled_equation(
    total: int, inserted: int, updated: int, kept: int, rejected: int, *, corrected: int = 0
) -> str:
    """What became of all rows, so that anybody can add it up; `kept` are the pool's, equal or
    not, and `corrected` are among those inserted."""
    text = (
        f"{total:,} = {inserted:,} inserted + {updated:,} updated + {kept:,} kept "
        f"+ {rejected:,} rejected"
    )
    return (
        f"{text} ({corrected:,} of the inserted as a person corrected them)" if corrected else text
    )


class TableTransfer(models.Model):
    """One table of a migration. The truth is in the target's control tables; this is the view."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="tables")
    position = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=128)
    rows_total = models.BigIntegerField(default=0)
    rows_copied = models.BigIntegerField(default=0)
    # Of these, what became of the rows that the pool had already (ConflictPolicy).
    rows_updated = models.BigIntegerField(default=0)
    rows_equal = models.BigIntegerField(default=0)
    rows_kept = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    # Of those copied: rejects that a person corrected.
    rows_corrected = models.BigIntegerField(default=0)
    status = models.CharField(
        max_length=8, choices=TransferStatus.choices, default=TransferStatus.WAITING
    )
    # All rows are there, and its keys are being made: since when, and how much of them is done, 0
    # to 1, as far as the database says.
    keys_since = models.DateTimeField(null=True)
    keys_part = models.FloatField(default=0.0)
    verification = models.CharField(
        max_length=12, choices=TableVerification.choices, default=TableVerification.NOT_VERIFIED
    )
    verified_at = models.DateTimeField(null=True)
    # When the run last wrote to it.
    written_at = models.DateTimeField(null=True)
    mismatches = models.BigIntegerField(default=0)
    # What finds its rows in the target again (transfer/plan/stored_plan.py).
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
        merged = self.rows_updated + self.rows_equal + self.rows_kept
        return self.rows_copied + merged + self.rows_rejected

    @property
    def equation(self) -> str:
        """What became of its rows; empty until they are copied."""
        if self.status != TransferStatus.COPIED:
            return ""
        return settled_equation(
            *(self.rows_total, self.rows_copied, self.rows_updated),
            *(self.rows_equal + self.rows_kept, self.rows_rejected),
            corrected=self.rows_corrected,
        )

    @property
    def stale_since(self) -> datetime | None:
        """When the run wrote again after the verification; None while it holds.

        The cut-over does not make it stale: it is the proof of what the pool was given.
        """
        if self.verified_at is None:
            return None
        written = self.written_at
        return written if written is not None and written > self.verified_at else None

    @property
    def verified_before_cutover(self) -> bool:
        """The pool goes on with the rows since: the moment belongs to what is said."""
        cutover = self.migration.confirmed_at
        return bool(self.verified_at and cutover and self.verified_at <= cutover)

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


@dataclass(frozen=True, slots=True)
class RejectedColumn:
    """A value that kept a row out, and what its column in the pool is.

    `form` and `options` are the plan's; an empty form: only a worker can judge what is typed.
    """

    column: str
    reason: str
    preview: str
    form: str = ""
    options: tuple[str, ...] = ()
    in_key: bool = False

    def as_planned(self, table: TablePlan) -> RejectedColumn:
        """The same with what the column is in that plan, if it is there."""
        for column in table.columns:
            if column.source == self.column:
                in_key = column.target in table.key
                return replace(self, form=column.form, options=column.options, in_key=in_key)
        return self

    @property
    def wants(self) -> str:
        """What may be typed instead, in words."""
        return described(self.form) if self.form else ""


class Reject(models.Model):
    """A rejected row, and why. Copied from the target's control tables.

    `column`, `reason` and `preview` are those of the first value that does not fit; `rejected` all
    of them, a JSON list of UnfitColumns.
    """

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="rejects")
    table = models.CharField(max_length=128)
    row_key = models.CharField(max_length=255)
    column = models.CharField(max_length=128, blank=True, default="")
    # Its place in the source; null where the pool's database refused it.
    row_number = models.BigIntegerField(null=True)
    reason = models.TextField()
    preview = models.CharField(max_length=120, blank=True, default="")
    rejected = models.TextField(default="[]")
    has_key = models.BooleanField(default=True, help_text="Whether its table has a key.")
    # Somebody decided that the row may be left out, and says why.
    note = models.CharField(max_length=400, blank=True, default="")
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    skipped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["migration", "table", "pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_key}: {self.reason}"

    @property
    def rejected_columns(self) -> tuple[RejectedColumn, ...]:
        """Every value that has to be corrected before the row can go along."""
        kept = [
            RejectedColumn(**{**each, "options": tuple(each["options"])})
            for each in json.loads(self.rejected)
        ]
        if not kept and self.column:
            return (RejectedColumn(self.column, self.reason, self.preview),)
        return tuple(kept)

    @property
    def why_not_corrected(self) -> str:
        """Why no other value would help, and what does; empty when one would."""
        if self.row_number is None:
            return (
                "No other value would help: the pool has a row with its key, or with a value that "
                "may be there only once. Skip it."
            )
        if not self.column:
            return "It does not fit as a whole, so no other value would help. Skip it."
        if not self.has_key:
            return (
                "Its table has no key, so a corrected row could not be identified again. Skip "
                "it, or have the column widened and migrate the server again."
            )
        return ""

    @property
    def may_be_corrected(self) -> bool:
        """Values kept it out, and it can be found again."""
        return not self.why_not_corrected
