"""Logins: list, add, edit."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from pools.forms.logins import LoginForm
from pools.models import Login, Server
from pools.views.editing import edit_page


@requires(Capability.VIEW_LOGINS)
def logins(request: SignedInRequest) -> HttpResponse:
    # One count a column: joining both makes a row for each pair of servers.
    rows = Login.objects.annotate(
        ssh_count=_servers_by("ssh_login"), api_count=_servers_by("api_login")
    )
    return render(request, "pools/logins.html", {"section": "settings", "logins": rows})


@requires(Capability.EDIT_LOGINS)
def login_add(request: SignedInRequest) -> HttpResponse:
    return edit_page(
        request,
        LoginForm(request.POST or None),
        title="Add a login",
        verb="Add the login",
        saved="{} is added.",
        back=reverse("pools:logins"),
        trail=[("Logins", reverse("pools:logins"))],
        section="settings",
    )


@requires(Capability.EDIT_LOGINS)
def login_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    login = get_object_or_404(Login, pk=pk)
    return edit_page(
        request,
        LoginForm(request.POST or None, instance=login),
        title=f"Edit {login}",
        verb="Save the login",
        saved="{} is saved. The next connection uses it.",
        back=reverse("pools:logins"),
        trail=[("Logins", reverse("pools:logins"))],
        section="settings",
    )


def _servers_by(login: str) -> Coalesce:
    """How many servers have the row of the outer query in this column."""
    found = Server.objects.filter(**{login: OuterRef("pk")}).order_by().values(login)
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)
