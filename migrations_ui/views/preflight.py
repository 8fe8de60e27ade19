"""The preflight report: grouped, blockers first, printable; from here the migration starts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of
from migrations_ui.forms.policy import PolicyForm
from migrations_ui.forms.source_options import DerbyLoginForm, ValuesForm
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import migration_trail, pool_trail
from migrations_ui.presentation.choices import choices_so_far
from migrations_ui.presentation.findings import grouped, verdict
from migrations_ui.states import MigrationStatus
from migrations_ui.views.loading import load_migration
from migrations_ui.views.source_option_forms import reading_forms


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def preflight(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report, or only its live part when the page polls for it."""
    return render_preflight(request, pk)


def render_preflight(
    request: SignedInRequest,
    pk: int,
    *,
    refusal: str = "",
    values: ValuesForm | None = None,
    derby_login: DerbyLoginForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The report as it stands; `refusal` says why the last request was not granted, the forms hold
    what was typed there."""
    asked = Migration.objects.select_related("server__profile", "pool__database", "actor")
    migration = load_migration(request, pk, asked.prefetch_related("steps"))
    findings = list(migration.findings.preflight())
    started = migration.started_at is not None
    checking = migration.state is MigrationStatus.CHECKING
    # While it polls, what somebody types would be lost.
    offers_choices = not started and not checking
    polls = request.headers.get("HX-Request") == "true"
    access = access_of(request.user)
    drafts = access.may(Capability.DRAFT_MIGRATION)
    reading = reading_forms(
        migration,
        access=access,
        steps=migration.steps.all() if offers_choices else (),
        values=values,
        derby_login=derby_login,
    )
    return render(
        request,
        "migrations_ui/partials/preflight.html" if polls else "migrations_ui/preflight.html",
        {
            "section": "migrations",
            "trail": migration_trail(migration) if started else pool_trail(migration),
            "migration": migration,
            "checking": checking,
            "started": started,
            # The sentence of the check that only a rehearsal has.
            "outage": next((each.seen for each in findings if each.check_id == "outage"), ""),
            "groups": grouped(findings),
            "verdict": verdict(findings),
            "refusal": refusal,
            "may_choose_policy": offers_choices and drafts and migration.may_choose_policy,
            "policy": PolicyForm(initial={"conflict_policy": migration.conflict_policy}),
            "choices_so_far": choices_so_far(migration, values=reading["chosen_values"]),
            "opens_more": reading["opens_reading"],
            **reading,
        },
        status=status,
    )
