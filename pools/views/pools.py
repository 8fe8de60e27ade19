"""A pool's pages: servers, users and devices, database, migrations; adding and editing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import may, scoped
from pools.forms.pools import PoolForm
from pools.models import Pool, TravelerUser
from pools.presentation.database_findings import findings_of
from pools.views.editing import edit_page
from pools.views.inventory import inventory_page
from pools.views.pages import page_of


def _tab(pool: Pool, name: str, **more: Any) -> dict[str, Any]:
    return {"section": "pools", "pool": pool, "tab": name, **more}


def load_pool(request: SignedInRequest, slug: str) -> Pool:
    """Raises Http404 also where the person's role does not hold for it."""
    rows = Pool.objects.select_related("database")
    return get_object_or_404(scoped(rows, request.user), slug=slug)


@requires(Capability.VIEW_POOLS)
def pool(request: SignedInRequest, slug: str) -> HttpResponse:
    """The pool as `hadr show` lists it, alive."""
    pool = load_pool(request, slug)
    context = _tab(pool, "servers", socket=f"/ws/pools/{pool.pk}/")
    return render(request, "pools/pool_servers.html", context)


@requires(Capability.VIEW_POOLS)
def pool_users(request: SignedInRequest, slug: str) -> HttpResponse:
    pool = load_pool(request, slug)
    context = _tab(
        pool,
        "users",
        **inventory_page(request, TravelerUser.objects.filter(pool=pool)),
        # As the inventory counted them: counting a large pool again takes longer than the page.
        devices=pool.device_count,
    )
    return render(request, "pools/pool_users.html", context)


@requires(Capability.VIEW_DATABASES)
def pool_database(request: SignedInRequest, slug: str) -> HttpResponse:
    pool = load_pool(request, slug)
    context = _tab(
        pool,
        "database",
        **findings_of(pool.database),
        socket=f"/ws/databases/{pool.database_id}/",
    )
    return render(request, "pools/pool_database.html", context)


@requires(Capability.VIEW_MIGRATIONS)
def pool_migrations(request: SignedInRequest, slug: str) -> HttpResponse:
    pool = load_pool(request, slug)
    migrations = pool.migrations.select_related("server", "actor")
    return render(
        request,
        "pools/pool_migrations.html",
        _tab(pool, "migrations", **page_of(request, migrations)),
    )


@requires(Capability.ADD_POOLS)
def pool_add(request: SignedInRequest) -> HttpResponse:
    form = PoolForm(request.POST or None, initial=request.GET.dict())
    return edit_page(
        request,
        form,
        title="Add a pool",
        verb="Add the pool",
        saved="{} is added. Its first server creates the tables when it joins.",
        back=reverse("pools:overview"),
        section="pools",
        beside="pools/partials/pool_add_hint.html",
    )


@requires(Capability.EDIT_POOLS)
def pool_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    pool = load_pool(request, slug)
    form = PoolForm(request.POST or None, instance=pool)
    if not may(request.user, Capability.ADD_POOLS):
        form.keep_database()
    return edit_page(
        request,
        form,
        title=f"Edit {pool}",
        verb="Save the pool",
        saved="{} is saved.",
        back=pool.get_absolute_url(),
        trail=[(pool.name, pool.get_absolute_url())],
        section="pools",
    )
