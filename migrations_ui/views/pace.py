"""The pace of the copy, also while it runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from migrations_ui.forms.pace import PaceForm
from migrations_ui.models import Migration
from migrations_ui.services.migrations import limit_rate
from migrations_ui.views.live import render_migration


@allow(Role.ADMINISTRATOR)
@require_POST
def pace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cap the copy, or lift the cap with an empty field."""
    migration = get_object_or_404(Migration.objects.select_related("server", "pool"), pk=pk)
    form = PaceForm(request.POST)
    if not form.is_valid():
        return render_migration(request, pk, pace=form, status=422)
    limit_rate(migration, actor=request.user, rows_per_second=form.cleaned_data["rows_per_second"])
    return redirect(migration)
