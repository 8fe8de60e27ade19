"""The migration that an address names, for people who may see its pool."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from console.accounts.access import SignedInRequest
from console.accounts.permissions import scoped
from migrations_ui.models import Migration


def load_migration(
    request: SignedInRequest, pk: int, rows: QuerySet[Migration] | None = None
) -> Migration:
    """With its server and pool, or as `rows` load it. Raises Http404 also where the person's role
    does not hold for the pool."""
    found = Migration.objects.select_related("server", "pool") if rows is None else rows
    return get_object_or_404(scoped(found, request.user), pk=pk)
