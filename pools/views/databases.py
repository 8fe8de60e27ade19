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
from pools.models import DatabaseConfiguration
from pools.services.databases import ask_for_check
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
        back=row.pool.get_absolute_url() + "database/" if hasattr(row, "pool") else reverse("pools:databases"),
        trail=[("Databases", reverse("pools:databases"))],
        section="settings",
        template="pools/database_form.html",
        database=row,
        findings=row.findings.all(),
    )


@allow(Role.ADMINISTRATOR)
@require_POST
def database_check(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DatabaseConfiguration.objects.select_related("pool"), pk=pk)
    ask_for_check(row, actor=request.user)
    messages.info(request, f"A worker checks {row} now; its findings appear here by themselves.")
    if hasattr(row, "pool"):
        return redirect("pools:pool_database", row.pool.slug)
    return redirect("pools:database_edit", row.pk)
