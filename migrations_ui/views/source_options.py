"""How the source is read: both forms stand on the preflight report and on the live page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from migrations_ui.errors import ActionRefused
from migrations_ui.forms.source_options import DerbyLoginForm, ValuesForm
from migrations_ui.models import Migration
from migrations_ui.services.source_options import set_derby_login, set_value_policies
from migrations_ui.views.live import render_migration
from migrations_ui.views.loading import load_migration
from migrations_ui.views.preflight import render_preflight


@requires(Capability.DRAFT_MIGRATION)
@require_POST
def values(request: SignedInRequest, pk: int) -> HttpResponse:
    """What happens to values that do not fit."""
    migration = load_migration(request, pk)
    form = ValuesForm(request.POST)
    if not form.is_valid():
        return _show(request, migration, values=form, status=422)
    try:
        set_value_policies(migration, actor=request.user, treatments=form.treatments)
    except ActionRefused as refusal:
        return _show(request, migration, refusal=str(refusal), status=409)
    return redirect(migration)


@requires(Capability.DRAFT_MIGRATION)
@sensitive_post_parameters()
@require_POST
def derby_login(request: SignedInRequest, pk: int) -> HttpResponse:
    """What opens the Derby database; taken, never shown again."""
    migration = load_migration(request, pk)
    form = DerbyLoginForm(request.POST)
    if not form.is_valid():
        return _show(request, migration, derby_login=form, status=422)
    try:
        set_derby_login(migration, actor=request.user, login=form.login)
    except ActionRefused as refusal:
        return _show(request, migration, refusal=str(refusal), status=409)
    return redirect(migration)


def _show(
    request: SignedInRequest,
    migration: Migration,
    *,
    refusal: str = "",
    values: ValuesForm | None = None,
    derby_login: DerbyLoginForm | None = None,
    status: int,
) -> HttpResponse:
    """The page that the form stands on, with what was typed or why it was not granted."""
    page = render_preflight if migration.started_at is None else render_migration
    return page(
        request,
        migration.pk,
        refusal=refusal,
        values=values,
        derby_login=derby_login,
        status=status,
    )
