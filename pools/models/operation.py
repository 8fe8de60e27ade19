"""Operation: a command run on a server, as a row before it is a task."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from pools.models.server import Server
from pools.states import OperationKind, OperationStatus


class Operation(models.Model):
    """One command and its outcome; its output is in the lines."""

    pool_path = "server__pool"

    server = models.ForeignKey(Server, on_delete=models.CASCADE, related_name="operations")
    kind = models.CharField(max_length=20, choices=OperationKind.choices)
    status = models.CharField(
        max_length=10, choices=OperationStatus.choices, default=OperationStatus.QUEUED
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True, default="")
    # What `log collect` made, as fetched from the host; removed after a while.
    archive = models.FileField(upload_to="collected_logs", blank=True, default="")
    archive_bytes = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.server}"

    def get_absolute_url(self) -> str:
        return reverse("pools:operation", args=[self.pk])


class OperationLine(models.Model):
    """One line that the command printed."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "position"], name="line_once_an_operation")
        ]

    def __str__(self) -> str:
        return self.text
