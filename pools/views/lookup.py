"""Helpdesk search: one box; user name, address, device id or type."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role


@allow(Role.ADMINISTRATOR, Role.HELPDESK)
def lookup(request: SignedInRequest) -> HttpResponse:
    """The page, or only the results while somebody types."""
    from pools.services.lookup import look_up

    text = request.GET.get("q", "").strip()
    context = {"section": "lookup", "lookup_text": text, "hits": look_up(text) if text else []}
    template = "pools/partials/lookup_results.html" if request.htmx else "pools/lookup.html"
    return render(request, template, context)
