"""All migrations, by pool."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of
from migrations_ui.models import Migration
from migrations_ui.states import ENDED
from pools.models import Pool, Server

MOVES_A_PAGE = 50


@requires(Capability.VIEW_MIGRATIONS)
@require_safe
def migrations(request: SignedInRequest) -> HttpResponse:
    """Open migrations first, then what has ended; `?pool=` narrows to one pool."""
    access, chosen = access_of(request.user), None
    if slug := request.GET.get("pool", ""):
        chosen = get_object_or_404(access.scoped(Pool.objects.all()), slug=slug)
    listed = access.scoped(Migration.objects.select_related("server", "pool", "actor"))
    if chosen:
        listed = listed.filter(pool=chosen)
    ended = Paginator(listed.filter(status__in=ENDED), MOVES_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "migrations_ui/migrations.html",
        {
            "section": "migrations",
            "trail": [],
            "chosen": chosen,
            "pools": access.scoped(Pool.objects.filter(migrations__isnull=False)).distinct(),
            "open": listed.open(),
            "ended": ended,
            "query": f"pool={chosen.slug}" if chosen else "",
            "standalone": access.scoped(Server.objects.standalone().in_service()).count(),
        },
    )
