"""Requests that are asked about first: start, cut over, cancel, roll back."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.models import User
from migrations_ui.errors import MigrationError
from migrations_ui.forms.typed_name import TypedNameForm
from migrations_ui.models import Migration
from migrations_ui.presentation.breadcrumbs import migration_trail
from migrations_ui.presentation.confirmations import question
from migrations_ui.services.migrations import (
    cancel_migration,
    confirm_cutover,
    roll_back_migration,
    start_migration,
    why_no_cutover,
)
from migrations_ui.states import Action
from migrations_ui.views.loading import load_migration

# What is done with a migration, for a person, who typed this name.
Deed = Callable[[Migration, User, str], None]


@requires(Capability.RUN_MIGRATION)
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_first(
        request,
        pk,
        Action.START,
        lambda migration, actor, _: start_migration(migration, actor=actor),
    )


@requires(Capability.CUT_OVER_MIGRATION)
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_first(
        request,
        pk,
        Action.CONFIRM,
        lambda migration, actor, name: confirm_cutover(migration, actor=actor, typed_name=name),
    )


@requires(Capability.RUN_MIGRATION)
@never_cache
@require_http_methods(["GET", "POST"])
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_first(
        request,
        pk,
        Action.CANCEL,
        lambda migration, actor, _: cancel_migration(migration, actor=actor),
    )


@requires(Capability.ROLL_BACK_MIGRATION)
@never_cache
@require_http_methods(["GET", "POST"])
def roll_back(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask_first(
        request,
        pk,
        Action.ROLL_BACK,
        lambda migration, actor, name: roll_back_migration(migration, actor=actor, typed_name=name),
    )


def _ask_first(request: SignedInRequest, pk: int, action: Action, deed: Deed) -> HttpResponse:
    """Show the question; answered with the typed name, do it. Refused: 409 with the reason."""
    migration = load_migration(request, pk)
    asked = question(migration, action)
    form = _form(migration, asked.types_name, request)
    refusal, status = "", 200
    if action not in migration.actions:
        lost = migration.why_no_rollback if action is Action.ROLL_BACK else ""
        refusal = lost or (
            f"This does not fit now: the migration of {migration.server} "
            f"is {migration.get_status_display()}."
        )
        status = 409
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deed(migration, request.user, form.cleaned_data.get("typed_name", ""))
            except MigrationError as error:
                refusal, status = str(error), 409
            else:
                return redirect(migration)
    elif action is Action.CONFIRM:
        # Said before anybody types a name.
        refusal = why_no_cutover(migration)
    context = {
        "section": "migrations",
        "trail": migration_trail(migration),
        "migration": migration,
        "question": asked,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "migrations_ui/question.html", context, status=status)


def _form(migration: Migration, types_name: bool, request: SignedInRequest) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    return TypedNameForm(migration.server, data) if types_name else forms.Form(data)
