"""The preflight report: grouped, blockers first, printable; from here the move starts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus
from migrations_ui.views.trail import migration_trail, pool_trail
from migrations_ui.wording.findings import grouped, verdict


@allow(Role.ADMINISTRATOR)
@never_cache
@require_safe
def preflight(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report, or only its live part when the page polls for it."""
    return render_preflight(request, pk)


def render_preflight(
    request: HttpRequest, pk: int, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The report as it stands; `refusal` says why the last wish was not granted."""
    migration = get_object_or_404(
        Migration.objects.select_related("server", "pool__database", "actor"), pk=pk
    )
    findings = list(migration.findings.all())
    started = migration.started_at is not None
    polls = request.headers.get("HX-Request") == "true"
    return render(
        request,
        "migrations_ui/partials/preflight.html" if polls else "migrations_ui/preflight.html",
        {
            "section": "moves",
            "trail": migration_trail(migration) if started else pool_trail(migration),
            "migration": migration,
            "checking": migration.state is MigrationStatus.CHECKING,
            "started": started,
            # The sentence of the check that only a rehearsal has.
            "outage": next((each.seen for each in findings if each.check_id == "outage"), ""),
            "groups": grouped(findings),
            "verdict": verdict(findings),
            "refusal": refusal,
        },
        status=status,
    )
