"""What the console's migrations keep in a pool's database, as a worker read it there last."""

from __future__ import annotations

from django.db import models

from migrations_ui.states import RetainedPurpose
from pools.models import DatabaseConfiguration


class RetainedListing(models.Model):
    """One reading of one database; a new one replaces the rows of the last."""

    database = models.OneToOneField(
        DatabaseConfiguration, on_delete=models.CASCADE, primary_key=True, related_name="retained"
    )
    # While a worker reads: since when.
    asked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    # The address that was read: a configuration that points elsewhere by now has not been read.
    place = models.CharField(max_length=255, blank=True, default="")
    failure = models.TextField(blank=True, default="")

    class Meta:
        db_table = "migrations_ui_keptlisting"

    def __str__(self) -> str:
        return f"Kept in {self.database}"


class RetainedRows(models.Model):
    """The rows of one run in one table; of a table that has none, one line without a run."""

    listing = models.ForeignKey(RetainedListing, on_delete=models.CASCADE, related_name="lines")
    table = models.CharField(max_length=128)
    purpose = models.CharField(max_length=8, choices=RetainedPurpose.choices)
    # The pool's table that the rows are of.
    of_table = models.CharField(max_length=128, blank=True, default="")
    # Bytes of the whole table, where the engine says.
    size = models.BigIntegerField(null=True)
    run_id = models.CharField(max_length=64, blank=True, default="")
    rows = models.BigIntegerField(default=0)

    class Meta:
        db_table = "migrations_ui_keptrows"
        ordering = ["listing", "table", "run_id"]

    def __str__(self) -> str:
        return f"{self.table}: {self.rows} rows"
