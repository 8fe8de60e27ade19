"""The wizard, first page: which standalone server."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import scoped
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import migrations_trail
from migrations_ui.presentation.candidates import ServerCandidate, candidate
from pools.models import Device, Server

CARDS_A_PAGE = 24


@requires(Capability.DRAFT_MIGRATION)
@require_safe
def choose_server(request: SignedInRequest) -> HttpResponse:
    """A card for each standalone server, with what it brings and what stands in its way."""
    wanted = request.GET.get("server", "").strip()
    servers = (
        scoped(Server.objects.standalone(), request.user)
        .filter(retired_at__isnull=True, domino_name__icontains=wanted)
        .annotate(busy=Exists(Migration.objects.open().filter(server=OuterRef("pk"))))
    )
    page = Paginator(servers.order_by("busy", "domino_name"), CARDS_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "migrations_ui/choose_server.html",
        {
            "section": "migrations",
            "trail": migrations_trail(),
            "wanted": wanted,
            "page": page,
            "candidates": _candidates(list(page.object_list)),
            "query": urlencode({"server": wanted}) if wanted else "",
        },
    )


def _candidates(servers: list[Server]) -> list[ServerCandidate]:
    devices = dict(
        Device.objects.present()
        .filter(user__server__in=servers, user__gone_at__isnull=True)
        .values_list("user__server")
        .annotate(count=Count("pk"))
        .order_by()
    )
    under_way = {
        migration.server_id: migration
        for migration in Migration.objects.open().filter(server__in=servers).select_related("pool")
    }
    return [
        candidate(
            server,
            devices=devices.get(server.pk, 0) if server.inventory_seen_at else None,
            under_way=under_way.get(server.pk),
        )
        for server in servers
    ]
