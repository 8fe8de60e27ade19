"""Event: everything that happens in a migration, in order, without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from migrations_ui.states import EventKind, Level

if TYPE_CHECKING:
    from django.db.models import QuerySet


class EventQuerySet(models.QuerySet["Event"]):
    def after(self, sequence: int) -> QuerySet[Event]:
        """What a client that has seen `sequence` still lacks, in order."""
        return self.filter(sequence__gt=sequence).order_by("sequence")

    def append(
        self,
        migration_id: int,
        *,
        text: str,
        kind: EventKind = EventKind.LOG,
        level: Level = Level.INFO,
        step: str = "",
    ) -> Event:
        """Write the next event. The UPDATE locks the migration's row, so numbers have no gap."""
        migrations = apps.get_model("migrations_ui", "Migration")._default_manager
        with transaction.atomic():
            migrations.filter(pk=migration_id).update(last_event=models.F("last_event") + 1)
            sequence = migrations.values_list("last_event", flat=True).get(pk=migration_id)
            return self.create(
                migration_id=migration_id,
                sequence=sequence,
                at=timezone.now(),
                kind=kind,
                level=level,
                step=step,
                text=text,
            )


class Event(models.Model):
    """One line of the log, numbered from 1 within its migration."""

    migration = models.ForeignKey(
        "migrations_ui.Migration", on_delete=models.CASCADE, related_name="events"
    )
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=EventKind.choices, default=EventKind.LOG)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    step = models.CharField(max_length=10, blank=True, default="")
    text = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["migration", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["migration", "sequence"], name="event_once_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.text}"
