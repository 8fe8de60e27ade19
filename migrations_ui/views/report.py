"""The final report: a page to print, and the same as JSON to keep."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import migration_trail
from migrations_ui.presentation.report import make_report
from migrations_ui.states import StepName, StepStatus
from migrations_ui.views.loading import load_migration


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    migration = _load(request, pk)
    return render(
        request,
        "migrations_ui/report.html",
        {
            "section": "migrations",
            "trail": migration_trail(migration),
            "migration": migration,
            "report": make_report(migration),
            "measured": any(
                step.name == StepName.COMPATIBILITY and step.status == StepStatus.DONE
                for step in migration.steps.all()
            ),
        },
    )


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def report_json(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report as a file, for the change ticket."""
    migration = _load(request, pk)
    name = f"migration-{migration.pk}-{migration.server.short_name}.json"
    return JsonResponse(
        make_report(migration).as_dict(),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


def _load(request: SignedInRequest, pk: int) -> Migration:
    people = ("actor", "confirmed_by")
    migrations = Migration.objects.with_other_servers().select_related(
        "server", "pool__database", *people
    )
    return load_migration(request, pk, migrations.prefetch_related("steps", "tables"))
