"""Overview: is anything wrong, where, since when."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of, scoped
from pools.models import Pool, Reading, Server
from pools.presentation.charts import averaged_over_servers, index_chart, index_samples
from pools.presentation.pool_cards import pools_for_cards

CHART_SPAN = timedelta(hours=1)
CHART_STEP = timedelta(minutes=2)


@requires(Capability.VIEW_POOLS, Capability.LOOK_UP_USERS)
def overview(request: SignedInRequest) -> HttpResponse:
    """The administrator's first page; the helpdesk's is the look-up, and `/` leads there."""
    access = access_of(request.user)
    if not access.may(Capability.VIEW_POOLS):
        return redirect("pools:lookup")
    context = {
        "section": "pools",
        "pools": pools_for_cards(access),
        "standalone": access.scoped(Server.objects.in_service().standalone()),
    }
    return render(request, "pools/overview.html", context)


@requires(Capability.VIEW_POOLS)
@cache_control(private=True, max_age=60)
def pool_index_chart(request: SignedInRequest, slug: str) -> HttpResponse:
    """The mean availability index of a pool over the last hour, as an image that loads by itself.
    Drained servers are left out of it.

    It is fetched when it scrolls into view, so an overview of fifty pools reads no reading at all.
    """
    pool = get_object_or_404(scoped(Pool.objects.all(), request.user), slug=slug)
    now = timezone.now()
    samples = averaged_over_servers(
        index_samples(Reading.objects.filter(server__pool=pool), since=now - CHART_SPAN),
        every=CHART_STEP,
    )
    chart = index_chart(
        samples, since=now - CHART_SPAN, until=now, width=300, height=36, gap=3 * CHART_STEP
    )
    return render(request, "pools/pool_index.svg", {"chart": chart}, content_type="image/svg+xml")
