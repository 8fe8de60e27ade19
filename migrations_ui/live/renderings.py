"""What a viewer is sent: the page's own fragments, or JSON for other clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from rest_framework.renderers import JSONRenderer

from console.accounts.permissions import Access
from migrations_ui.api.serializers.snapshot import SnapshotSerializer
from migrations_ui.presentation.live_fragments import fragments_context
from migrations_ui.presentation.snapshot import Snapshot, take_snapshot


@dataclass(frozen=True, slots=True)
class Rendering:
    """`sequence` is the last event in it; `more` says that further ones are there already."""

    text: str
    sequence: int
    more: bool


def as_html(snapshot: Snapshot, access: Access) -> str:
    return render_to_string("migrations_ui/partials/live.html", fragments_context(snapshot, access))


def as_json(snapshot: Snapshot, access: Access) -> str:
    return (
        JSONRenderer()
        .render(SnapshotSerializer(snapshot, context={"access": access}).data)
        .decode()
    )


FORMATS: dict[str, Callable[[Snapshot, Access], str]] = {"html": as_html, "json": as_json}


def rendered(migration_id: int, after: int, form: str, access: Access) -> Rendering:
    """The migration as it stands, with the events after `after`, for people with this access."""
    snapshot = take_snapshot(migration_id, after=after)
    return Rendering(
        text=FORMATS[form](snapshot, access),
        sequence=snapshot.sequence,
        more=snapshot.sequence < snapshot.migration.last_event,
    )
