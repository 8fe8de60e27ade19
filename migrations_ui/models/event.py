"""Event: everything that happens in a migration, in order, without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from migrations_ui.states import EventKind, Level

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be written down. `at` None: now; `status` is what a change of status led to."""

    text: str
    kind: EventKind = EventKind.LOG
    level: Level = Level.INFO
    step: str = ""
    at: datetime | None = None
    status: str = ""


class EventQuerySet(models.QuerySet["Event"]):
    """Appends events under consecutive numbers."""

    def after(self, sequence: int) -> QuerySet[Event]:
        """What a client that has seen `sequence` still lacks, in order."""
        return self.filter(sequence__gt=sequence).order_by("sequence")

    def append(self, migration_id: int, lines: Sequence[Line]) -> int:
        """Write the next events, numbered without a gap; returns the last number.

        The UPDATE locks the migration's row until the numbers are written down.
        """
        migrations = apps.get_model("migrations_ui", "Migration")._default_manager
        now = timezone.now()
        with transaction.atomic():
            migrations.filter(pk=migration_id).update(last_event=F("last_event") + len(lines))
            last: int = migrations.values_list("last_event", flat=True).get(pk=migration_id)
            first = last - len(lines) + 1
            self.bulk_create(
                Event(
                    migration_id=migration_id,
                    sequence=first + offset,
                    at=line.at or now,
                    kind=line.kind,
                    level=line.level,
                    step=line.step,
                    status=line.status,
                    # PostgreSQL takes no NUL, and a line that fails would fail the migration.
                    text=line.text.replace("\0", ""),
                )
                for offset, line in enumerate(lines)
            )
        return last


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
    # Of a change of status: what it led to. Empty for other lines, and for those of before.
    status = models.CharField(max_length=16, blank=True, default="")
    text = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["migration", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["migration", "sequence"], name="event_once_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.text}"
