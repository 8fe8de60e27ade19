"""Rows that the pool had too, and not equally: both sides and who stayed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from migrations_ui.forms.policy import PolicyForm
from migrations_ui.models import Migration
from migrations_ui.states import ConflictVerdict
from migrations_ui.views.spreadsheet import spreadsheet
from migrations_ui.views.trail import migration_trail

CONFLICTS_A_PAGE = 50


@allow(Role.ADMINISTRATOR)
@never_cache
@require_safe
def conflicts(request: SignedInRequest, pk: int) -> HttpResponse:
    """All that the console keeps of a migration's, or those of `?verdict=`."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    verdict = request.GET.get("verdict", "")
    listed = migration.conflicts.all()
    if verdict:
        listed = listed.filter(verdict=verdict)
    page = Paginator(listed, CONFLICTS_A_PAGE).get_page(request.GET.get("page"))
    in_all = sum(table.conflicts for table in migration.tables.all())
    context = {
        "section": "moves",
        "trail": migration_trail(migration),
        "migration": migration,
        "verdict": verdict,
        "verdicts": ConflictVerdict.choices,
        "page": page,
        "in_all": in_all,
        "left_off": max(0, in_all - migration.conflicts.count()),
        "policy": PolicyForm(initial={"conflict_policy": migration.conflict_policy}),
        "query": urlencode({"verdict": verdict}) if verdict else "",
    }
    return render(request, "migrations_ui/conflicts.html", context)


@allow(Role.ADMINISTRATOR)
@never_cache
@require_safe
def conflicts_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """One line a column that differs."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    rows = [
        (conflict.table, conflict.row_key, conflict.get_verdict_display(), *value)
        for conflict in migration.conflicts.all()
        for value in conflict.values or [("", None, None)]
    ]
    heading = ("table", "row", "verdict", "column", "the pool's", "the server's")
    return spreadsheet(f"conflicts-{migration.server.short_name}", heading, rows)
