"""Rows that could not go along, and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from migrations_ui.models import Migration
from migrations_ui.views.spreadsheet import spreadsheet
from migrations_ui.views.trail import migration_trail

REJECTS_A_PAGE = 100


@allow(Role.ADMINISTRATOR)
@require_safe
def rejects_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    rows = migration.rejects.values_list("table", "row_key", "column", "reason", "preview")
    heading = ("table", "row", "column", "why", "begins with")
    return spreadsheet(f"rejects-{migration.server.short_name}", heading, rows)


@allow(Role.ADMINISTRATOR)
@require_safe
def rejects(request: SignedInRequest, pk: int) -> HttpResponse:
    """All rejects of a migration, or those of `?table=`."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    table = request.GET.get("table", "")
    listed = migration.rejects.filter(table=table) if table else migration.rejects.all()
    return render(
        request,
        "migrations_ui/rejects.html",
        {
            "section": "moves",
            "trail": migration_trail(migration),
            "migration": migration,
            "table": table,
            "tables": migration.tables.filter(rows_rejected__gt=0),
            "page": Paginator(listed, REJECTS_A_PAGE).get_page(request.GET.get("page")),
            "query": urlencode({"table": table}) if table else "",
        },
    )
