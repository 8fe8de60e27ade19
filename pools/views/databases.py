"""Database configurations: list, add, edit, check. A password goes in and never comes out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from pools.forms.databases import DatabaseForm
from pools.models import DatabaseConfiguration, Server
from pools.presentation.database_findings import findings_of
from pools.services.database_passwords import mark_up_to_date
from pools.services.databases import request_check
from pools.views.editing import edit_page


@allow(Role.ADMINISTRATOR)
def databases(request: SignedInRequest) -> HttpResponse:
    rows = DatabaseConfiguration.objects.select_related("pool")
    return render(request, "pools/databases.html", {"section": "settings", "databases": rows})


@allow(Role.ADMINISTRATOR)
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


@allow(Role.ADMINISTRATOR)
def database_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DatabaseConfiguration.objects.select_related("pool"), pk=pk)
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


@allow(Role.ADMINISTRATOR)
@require_POST
def database_check(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DatabaseConfiguration.objects.select_related("pool"), pk=pk)
    request_check(row, actor=request.user)
    messages.info(request, f"A worker checks {row} now; its findings appear here by themselves.")
    if hasattr(row, "pool"):
        return redirect(_home_of(row))
    return redirect("pools:database_edit", row.pk)


@allow(Role.ADMINISTRATOR)
@require_POST
def password_was_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person gave the server the database's new password."""
    server = get_object_or_404(Server.objects.select_related("pool__database__pool"), pk=pk)
    mark_up_to_date(server, actor=request.user, how="said by a person")
    messages.success(request, f"{server.short_name} counts as having the new password.")
    if server.pool is None:
        return redirect(server)
    return redirect(_home_of(server.pool.database))


def _home_of(row: DatabaseConfiguration) -> str:
    """The page that shows it: its pool's tab, or the list while no pool stands on it."""
    if hasattr(row, "pool"):
        return reverse("pools:pool_database", args=[row.pool.slug])
    return reverse("pools:databases")
