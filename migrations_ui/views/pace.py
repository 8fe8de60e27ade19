"""The pace of the copy and the size of its chunks, also while it runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from migrations_ui.errors import ActionRefused
from migrations_ui.forms.pace import ChunkForm, PaceForm
from migrations_ui.services.migrations import limit_rate, size_chunks
from migrations_ui.views.live import render_migration
from migrations_ui.views.loading import load_migration


@requires(Capability.RUN_MIGRATION)
@require_POST
def pace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cap the copy, or lift the cap with an empty field."""
    migration = load_migration(request, pk)
    form = PaceForm(request.POST)
    if not form.is_valid():
        return render_migration(request, pk, pace=form, status=422)
    try:
        limit_rate(migration, actor=request.user, **form.cleaned_data)
    except ActionRefused as refusal:
        return render_migration(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)


@requires(Capability.RUN_MIGRATION)
@require_POST
def chunk_size(request: SignedInRequest, pk: int) -> HttpResponse:
    """Size the chunks from the next one on; an empty field goes back to the usual size."""
    migration = load_migration(request, pk)
    form = ChunkForm(request.POST)
    if not form.is_valid():
        return render_migration(request, pk, chunks=form, status=422)
    try:
        size_chunks(migration, actor=request.user, **form.cleaned_data)
    except ActionRefused as refusal:
        return render_migration(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)
