"""The pace of the copy and the size of its chunks, also while it runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from migrations_ui.errors import ActionRefused
from migrations_ui.forms.pace import ChunkForm, PaceForm
from migrations_ui.models import Migration
from migrations_ui.services.migrations import limit_rate, size_chunks
from migrations_ui.views.live import render_migration


@allow(Role.ADMINISTRATOR)
@require_POST
def pace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cap the copy, or lift the cap with an empty field."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    form = PaceForm(request.POST)
    if not form.is_valid():
        return render_migration(request, pk, pace=form, status=422)
    try:
        limit_rate(migration, actor=request.user, **form.cleaned_data)
    except ActionRefused as refusal:
        return render_migration(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)


@allow(Role.ADMINISTRATOR)
@require_POST
def chunk_size(request: SignedInRequest, pk: int) -> HttpResponse:
    """Size the chunks from the next one on; an empty field goes back to the usual size."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    form = ChunkForm(request.POST)
    if not form.is_valid():
        return render_migration(request, pk, chunks=form, status=422)
    try:
        size_chunks(migration, actor=request.user, **form.cleaned_data)
    except ActionRefused as refusal:
        return render_migration(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)
