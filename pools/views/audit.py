"""Audit: who did what, newest first."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from pools.models import AuditEntry
from pools.views.pages import page_of


@requires(Capability.VIEW_AUDIT)
def audit(request: SignedInRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()
    entries = AuditEntry.objects.select_related("actor")
    if wanted:
        entries = entries.filter(
            Q(target__icontains=wanted)
            | Q(action__icontains=wanted)
            | Q(actor__username__icontains=wanted)
        )
    context = {"section": "settings", "wanted": wanted, **page_of(request, entries)}
    return render(request, "pools/audit.html", context)
