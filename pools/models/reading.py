"""What was sampled when, and what changed between two samples."""

from __future__ import annotations

from django.db import models

from pools.models.server import Server
from pools.states import Availability, HealthValue, OverallStatus


class Reading(models.Model):
    """One sample of a server's condition; append-only."""

    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="readings")
    taken_at = models.DateTimeField()
    availability = models.CharField(max_length=12, choices=Availability.choices)
    availability_index = models.IntegerField(null=True)
    overall_status = models.CharField(max_length=8, choices=OverallStatus.choices)
    status_reasons = models.TextField(blank=True, default="")
    constrained = models.BooleanField(null=True)
    users = models.PositiveIntegerField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    latency_ms = models.FloatField(null=True, help_text="Of the API answer.")
    failure = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-taken_at"]
        indexes = [models.Index(fields=["server", "-taken_at"], name="reading_of_server")]

    def __str__(self) -> str:
        return f"{self.server} {self.taken_at:%Y-%m-%d %H:%M:%S}"


class StatusChange(models.Model):
    """One of the four health values moved from one word to another."""

    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="status_changes")
    at = models.DateTimeField()
    value = models.CharField(max_length=14, choices=HealthValue.choices)
    old = models.CharField(max_length=40)
    new = models.CharField(max_length=40)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["server", "-at"], name="change_of_server")]

    def __str__(self) -> str:
        return f"{self.server} {self.value}: {self.old} → {self.new}"
