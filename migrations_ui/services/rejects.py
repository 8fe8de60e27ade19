"""What a person does about a row that could not go along."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from console.accounts.models import User
from migrations_ui.models import Event, Reject
from migrations_ui.models.event import Line
from pools.services import audit


def skip_rejected_row(reject: Reject, *, actor: User, note: str) -> None:
    """The row may be left out; `note` says why. Said again, the last word counts."""
    with transaction.atomic():
        reject.note, reject.skipped_by, reject.skipped_at = note, actor, timezone.now()
        reject.save(update_fields=["note", "skipped_by", "skipped_at"])
        which = f"{reject.table} {reject.row_key}"
        audit.record(
            actor=actor, action="skip_rejected_row", target=str(reject.migration), detail=which
        )
        Event.objects.append(reject.migration_id, [Line(f"{actor} skipped {which}: {note}")])
