"""What stays where rows meet, decided before the copy or when it stopped to ask."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from migrations_ui.errors import ActionRefused
from migrations_ui.forms.policy import PolicyForm
from migrations_ui.services.migrations import choose_policy
from migrations_ui.views.live import render_migration
from migrations_ui.views.loading import load_migration


@requires(Capability.DRAFT_MIGRATION)
@require_POST
def policy(request: SignedInRequest, pk: int) -> HttpResponse:
    migration = load_migration(request, pk)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return render_migration(request, pk, refusal="There is no such choice.", status=422)
    try:
        choose_policy(migration, actor=request.user, **form.cleaned_data)
    except ActionRefused as refusal:
        return render_migration(request, pk, refusal=str(refusal), status=409)
    return redirect(migration)
