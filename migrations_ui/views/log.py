"""The whole log of a migration as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from migrations_ui.models import Event, Migration
from migrations_ui.views.loading import load_migration
from pools.domain.visible_text import visible


@requires(Capability.VIEW_MIGRATIONS)
@require_safe
def log(request: SignedInRequest, pk: int) -> HttpResponse:
    """One line an event: sequence, time in the person's zone, level, text. What a host has said
    cannot make lines of its own, nor write to a terminal."""
    migration = load_migration(request, pk)
    return HttpResponse(_lines(migration), content_type="text/plain; charset=utf-8")


def _lines(migration: Migration) -> Iterator[str]:
    for event in Event.objects.filter(migration=migration).after(0):
        at = timezone.localtime(event.at)
        head = f"{event.sequence:>6}  {at:%Y-%m-%d %H:%M:%S%z}  {event.level:<7}"
        yield f"{head}  {visible(event.text)}\n"
