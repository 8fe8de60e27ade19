"""Step: one part of a migration, done once and resumable."""

from __future__ import annotations

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import StepName, StepStatus


class Step(models.Model):
    """Where a step stands, and in a sentence what it did."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20, choices=StepName.choices)
    status = models.CharField(max_length=8, choices=StepStatus.choices, default=StepStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True, default="", help_text="What it did, in a sentence.")
    # Work inside the step, where it can be counted: bytes fetched, files backed up.
    done = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=12, blank=True, default="")
    expected_seconds = models.FloatField(
        null=True, help_text="As earlier runs took, worked out at the start; empty: none has yet."
    )

    class Meta:
        ordering = ["migration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["migration", "name"], name="step_once_a_migration")
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.status}"
