"""Requests that need no further question: check, pause, resume, retry."""

from __future__ import annotations

from typing import Protocol

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, allow
from console.accounts.models import User
from console.accounts.roles import Role
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
from migrations_ui.views.preflight import render_preflight


class Service(Protocol):
    """A service that does one thing with a migration for a person."""

    def __call__(self, migration: Migration, *, actor: User) -> None: ...


@allow(Role.ADMINISTRATOR)
@require_POST
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, check_migration)


@allow(Role.ADMINISTRATOR)
@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, pause_migration)


@allow(Role.ADMINISTRATOR)
@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, resume_migration)


@allow(Role.ADMINISTRATOR)
@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, retry_migration)


@allow(Role.ADMINISTRATOR)
@require_POST
def migrate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft the migration that was rehearsed, and show its checks."""
    rehearsal = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    try:
        return redirect(draft_migration_of_rehearsal(rehearsal, actor=request.user))
    except ActionRefused as refusal:
        page = render_preflight if rehearsal.started_at is None else render_migration
        return page(request, pk, refusal=str(refusal), status=409)


def _ask(request: SignedInRequest, pk: int, service: Service) -> HttpResponse:
    """Do it and show the migration; refused, show it too, with the reason and 409."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    try:
        service(migration, actor=request.user)
    except ActionRefused as refusal:
        migration.refresh_from_db()
        page = render_preflight if migration.started_at is None else render_migration
        return page(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)
