"""Users with the number of their devices and their last sync, a page at a time."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest

from pools.domain.search_keys import typed_search_key
from pools.models import TravelerUser
from pools.views.pages import page_of

STILL_LISTED = Q(devices__gone_at__isnull=True)


def inventory_page(request: HttpRequest, users: QuerySet[TravelerUser]) -> dict[str, Any]:
    """Context of `pools/partials/inventory.html`.

    The figures of the devices are added to the one page that is shown, not to the whole list:
    a pool may hold a hundred thousand users.
    """
    begins = request.GET.get("begins", "").strip()
    shown = users.filter(gone_at__isnull=True).select_related("master_server")
    if begins:
        key = typed_search_key(begins)
        shown = shown.filter(Q(name_key__prefix=key) | Q(address_key__prefix=key))
    context = page_of(request, shown.order_by("name_key", "pk"))
    people = list(context["page"])
    figures = {
        row["pk"]: row
        for row in TravelerUser.objects.filter(pk__in=[person.pk for person in people])
        .values("pk")
        .annotate(
            device_count=Count("devices", filter=STILL_LISTED),
            last_sync=Max("devices__last_sync_at", filter=STILL_LISTED),
        )
    }
    for person in people:
        person.device_count = figures[person.pk]["device_count"]
        person.last_sync_at = figures[person.pk]["last_sync"]
    context["page"].object_list = people
    return {**context, "begins": begins}
