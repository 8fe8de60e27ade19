"""The whole log of a migration as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from migrations_ui.models import Event, Migration
from pools.domain.visible_text import visible


@allow(Role.ADMINISTRATOR)
@require_safe
def log(request: SignedInRequest, pk: int) -> HttpResponse:
    """One line an event: sequence, time in the person's zone, level, text. What a host has said
    cannot make lines of its own, nor write to a terminal."""
    migration = get_object_or_404(Migration, pk=pk)
    return HttpResponse(_lines(migration), content_type="text/plain; charset=utf-8")


def _lines(migration: Migration) -> Iterator[str]:
    for event in Event.objects.filter(migration=migration).after(0):
        at = timezone.localtime(event.at)
        head = f"{event.sequence:>6}  {at:%Y-%m-%d %H:%M:%S%z}  {event.level:<7}"
        yield f"{head}  {visible(event.text)}\n"
