"""Requests that need no further question: check, pause, resume, retry."""

from __future__ import annotations

from typing import Protocol

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.models import User
from migrations_ui.errors import ActionRefused
from migrations_ui.models import Migration
from migrations_ui.services.migrations import (
    check_migration,
    draft_migration_of_rehearsal,
    pause_migration,
    resume_migration,
    retry_migration,
)
from migrations_ui.views.live import render_migration
from migrations_ui.views.loading import load_migration
from migrations_ui.views.preflight import render_preflight


class Service(Protocol):
    """A service that does one thing with a migration for a person."""

    def __call__(self, migration: Migration, *, actor: User) -> None: ...


@requires(Capability.DRAFT_MIGRATION)
@require_POST
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, check_migration)


@requires(Capability.RUN_MIGRATION)
@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, pause_migration)


@requires(Capability.RUN_MIGRATION)
@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, resume_migration)


@requires(Capability.RUN_MIGRATION)
@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, retry_migration)


@requires(Capability.DRAFT_MIGRATION)
@require_POST
def migrate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft the migration that was rehearsed, and show its checks."""
    rehearsal = load_migration(request, pk)
    try:
        return redirect(draft_migration_of_rehearsal(rehearsal, actor=request.user))
    except ActionRefused as refusal:
        page = render_preflight if rehearsal.started_at is None else render_migration
        return page(request, pk, refusal=str(refusal), status=409)


def _ask(request: SignedInRequest, pk: int, service: Service) -> HttpResponse:
    """Do it and show the migration; refused, show it too, with the reason and 409."""
    migration = load_migration(request, pk)
    try:
        service(migration, actor=request.user)
    except ActionRefused as refusal:
        migration.refresh_from_db()
        page = render_preflight if migration.started_at is None else render_migration
        return page(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)
