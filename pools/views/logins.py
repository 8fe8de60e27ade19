"""Logins: list, add, edit."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from pools.forms.logins import LoginForm
from pools.models import Login
from pools.views.editing import edit_page


@allow(Role.ADMINISTRATOR)
def logins(request: SignedInRequest) -> HttpResponse:
    rows = Login.objects.annotate(
        ssh_count=Count("ssh_servers", distinct=True), api_count=Count("api_servers", distinct=True)
    )
    return render(request, "pools/logins.html", {"section": "settings", "logins": rows})


@allow(Role.ADMINISTRATOR)
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


@allow(Role.ADMINISTRATOR)
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
