"""Finding: what one preflight check saw, or what does not fit (group "compatibility")."""

from __future__ import annotations

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import Outcome
from migrations_ui.transfer.value_loss import Treatment

# Incompatible values between the server's rows and the pool's tables; everything else is preflight.
COMPATIBILITY = "compatibility"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings of the preflight, and those of the compatibility check."""

    def blockers(self) -> FindingQuerySet:
        return self.filter(outcome=Outcome.BLOCKER)

    def warnings(self) -> FindingQuerySet:
        return self.filter(outcome=Outcome.WARNING)

    def preflight(self) -> FindingQuerySet:
        return self.exclude(group=COMPATIBILITY)

    def compatibility(self) -> FindingQuerySet:
        return self.filter(group=COMPATIBILITY)


class Finding(models.Model):
    """One line of the preflight report, or one incompatible value; a new run of either replaces its
    lines.

    An incompatible value names table, column, kind and how many values; `column` is empty when it
    concerns the whole table, and `count` is None when it is no matter of values.
    """

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    check_id = models.CharField(max_length=60)
    group = models.CharField(
        max_length=20, help_text="server, database, pool, network or compatibility"
    )
    title = models.CharField(max_length=120)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    seen = models.TextField()
    remedy = models.TextField(blank=True, default="")
    table = models.CharField(max_length=128, blank=True, default="")
    column = models.CharField(max_length=128, blank=True, default="")
    kind = models.CharField(max_length=16, blank=True, default="")
    count = models.BigIntegerField(null=True)
    longest = models.BigIntegerField(null=True)
    treatment = models.CharField(
        max_length=8,
        choices=[(each.value, each.value) for each in Treatment],
        blank=True,
        default="",
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["migration", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["migration", "check_id"], name="finding_once_a_migration"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.outcome}"
