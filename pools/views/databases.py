"""Database configurations: list, add, edit, check. A password goes in and never comes out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import scoped
from pools.forms.databases import DatabaseForm
from pools.models import DatabaseConfiguration, Server
from pools.presentation.database_findings import findings_of
from pools.services.database_passwords import mark_up_to_date
from pools.services.databases import request_check
from pools.views.editing import edit_page


@requires(Capability.VIEW_DATABASES)
def databases(request: SignedInRequest) -> HttpResponse:
    rows = scoped(DatabaseConfiguration.objects.select_related("pool"), request.user)
    return render(request, "pools/databases.html", {"section": "settings", "databases": rows})


@requires(Capability.ADD_POOLS)
def database_add(request: SignedInRequest) -> HttpResponse:
    return edit_page(
        request,
        DatabaseForm(request.POST or None),
        title="Add a database",
        verb="Add the database",
        saved="{} is added. Check it before a pool stands on it.",
        back=reverse("pools:databases"),
        trail=[("Databases", reverse("pools:databases"))],
        section="settings",
    )


@requires(Capability.EDIT_DATABASES)
def database_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    row = load_database(request, pk)
    return edit_page(
        request,
        DatabaseForm(request.POST or None, instance=row),
        title=f"Edit {row}",
        verb="Save the database",
        saved="{} is saved.",
        back=_home_of(row),
        trail=[("Databases", reverse("pools:databases"))],
        section="settings",
        template="pools/database_form.html",
        database=row,
        **findings_of(row),
        socket=f"/ws/databases/{row.pk}/",
    )


@requires(Capability.CHECK_DATABASE)
@require_POST
def database_check(request: SignedInRequest, pk: int) -> HttpResponse:
    row = load_database(request, pk)
    request_check(row, actor=request.user)
    messages.info(request, f"A worker checks {row} now; its findings appear here by themselves.")
    if hasattr(row, "pool"):
        return redirect(_home_of(row))
    return redirect("pools:database_edit", row.pk)


@requires(Capability.EDIT_DATABASES)
@require_POST
def password_was_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person gave the server the database's new password."""
    rows = Server.objects.select_related("pool__database__pool")
    server = get_object_or_404(scoped(rows, request.user), pk=pk)
    mark_up_to_date(server, actor=request.user, how="said by a person")
    messages.success(request, f"{server.short_name} counts as having the new password.")
    if server.pool is None:
        return redirect(server)
    return redirect(_home_of(server.pool.database))


def load_database(request: SignedInRequest, pk: int) -> DatabaseConfiguration:
    """Raises Http404 also where the person's role does not hold for its pool."""
    rows = DatabaseConfiguration.objects.select_related("pool")
    return get_object_or_404(scoped(rows, request.user), pk=pk)


def _home_of(row: DatabaseConfiguration) -> str:
    """The page that shows it: its pool's tab, or the list while no pool stands on it."""
    if hasattr(row, "pool"):
        return reverse("pools:pool_database", args=[row.pool.slug])
    return reverse("pools:databases")
