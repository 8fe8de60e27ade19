"""The live page, and the fragments that it polls when it has no socket."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of
from migrations_ui.forms.pace import ChunkForm, PaceForm
from migrations_ui.forms.policy import PolicyForm
from migrations_ui.forms.source_options import DerbyLoginForm, ValuesForm
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import pool_trail
from migrations_ui.presentation.choices import choices_so_far
from migrations_ui.presentation.live_fragments import fragments_context
from migrations_ui.presentation.snapshot import Snapshot, take_snapshot
from migrations_ui.states import ConflictPolicy, MigrationStatus, StepName
from migrations_ui.views.loading import load_migration
from migrations_ui.views.source_option_forms import reading_forms
from pools.domain.numbers import read_number


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def migration(request: SignedInRequest, pk: int) -> HttpResponse:
    """The migration as it stands now; one that has not started is its preflight report."""
    try:
        snapshot = take_snapshot(pk)
    except Migration.DoesNotExist:
        raise Http404 from None
    if not access_of(request.user).reaches(snapshot.migration.pool):
        raise Http404
    if snapshot.migration.started_at is None:
        return redirect("migrations_ui:preflight", pk)
    return render_migration(request, pk, snapshot=snapshot)


@requires(Capability.VIEW_MIGRATIONS)
@never_cache
@require_safe
def live(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same fragments as the socket pushes, with the log lines after `?after=`."""
    load_migration(request, pk)
    snapshot = take_snapshot(pk, after=read_number(request.GET.get("after", "")))
    return render(
        request,
        "migrations_ui/partials/live.html",
        fragments_context(snapshot, access_of(request.user)),
    )


def render_migration(
    request: HttpRequest,
    pk: int,
    *,
    snapshot: Snapshot | None = None,
    refusal: str = "",
    pace: PaceForm | None = None,
    chunks: ChunkForm | None = None,
    values: ValuesForm | None = None,
    derby_login: DerbyLoginForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole live page; `refusal` says why the last request was not granted, the forms hold what
    was typed there."""
    snapshot = snapshot or take_snapshot(pk)
    shown = snapshot.migration
    access = access_of(request.user)
    reading = reading_forms(
        shown, steps=snapshot.steps, access=access, values=values, derby_login=derby_login
    )
    may_choose_policy = shown.may_choose_policy and access.may(Capability.DRAFT_MIGRATION)
    asks_for_policy = (
        shown.state is MigrationStatus.FAILED
        and shown.current_step == StepName.COPY
        and shown.conflict_policy == ConflictPolicy.STOP
        and may_choose_policy
    )
    context = snapshot.context() | {
        "section": "migrations",
        "trail": pool_trail(snapshot.migration),
        "refusal": refusal,
        "pace": pace or PaceForm(initial={"rows_per_second": shown.rows_per_second}),
        "chunks": chunks or ChunkForm(initial={"chunk_rows": shown.chunk_rows}),
        "policy": PolicyForm(initial={"conflict_policy": shown.conflict_policy}),
        "choices_so_far": choices_so_far(shown, values=reading["chosen_values"]),
        "may_choose_policy": may_choose_policy,
        "may_set_pace": shown.may_set_pace and access.may(Capability.RUN_MIGRATION),
        "asks_for_policy": asks_for_policy,
        "opens_more": (
            asks_for_policy
            or reading["opens_reading"]
            or any(form.errors for form in (pace, chunks) if form)
        ),
        **reading,
    }
    return render(request, "migrations_ui/migration.html", context, status=status)
