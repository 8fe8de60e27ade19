"""Value policy: what a run does with values that would lose something on their way."""

from __future__ import annotations

from django.db import models

from migrations_ui.models.migration import Migration
from migrations_ui.transfer.value_loss import Loss, Treatment, Treatments


class ValuePolicyQuerySet(models.QuerySet["ValuePolicy"]):
    """The choices as the transfer takes them."""

    def treatments(self) -> Treatments:
        """By loss; a loss that is not there stops the run."""
        return {Loss(each.loss): Treatment(each.treatment) for each in self}


class ValuePolicy(models.Model):
    """One choice of one migration; without a row such values stop the run."""

    migration = models.ForeignKey(
        Migration, on_delete=models.CASCADE, related_name="value_policies"
    )
    loss = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Loss])
    treatment = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Treatment]
    )

    objects = ValuePolicyQuerySet.as_manager()

    class Meta:
        ordering = ["migration", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["migration", "loss"], name="value_policy_once")
        ]

    def __str__(self) -> str:
        return f"{self.loss}: {self.treatment}"
