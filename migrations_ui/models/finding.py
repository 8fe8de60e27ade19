"""Finding: what one preflight check saw."""

from __future__ import annotations

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.states import Outcome


class FindingQuerySet(models.QuerySet["Finding"]):
    def blockers(self) -> FindingQuerySet:
        return self.filter(outcome=Outcome.BLOCKER)

    def warnings(self) -> FindingQuerySet:
        return self.filter(outcome=Outcome.WARNING)


class Finding(models.Model):
    """One line of the preflight report; a new run replaces the report."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    check_id = models.CharField(max_length=60)
    group = models.CharField(max_length=20, help_text="server, database, pool or network")
    title = models.CharField(max_length=120)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    seen = models.TextField()
    remedy = models.TextField(blank=True, default="")

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
