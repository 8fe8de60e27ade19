"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import resolve_url

from console.accounts.access import allow_everyone, allow_signed_in
from console.accounts.capabilities import Capability
from console.accounts.forms.sign_in import PacedForm, SignInForm
from console.accounts.models import User
from console.accounts.permissions import may


class SignIn(LoginView):
    """Leads to the page that was asked for, or to the one that the person's role starts at."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        if isinstance(form, PacedForm) and form.wait_seconds:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.wait_seconds)
        return response

    def get_default_redirect_url(self) -> str:
        return resolve_url(start_page(cast("User", self.request.user)))


def start_page(user: User) -> str:
    """The page that answers the role's first question."""
    if may(user, Capability.VIEW_POOLS):
        return "pools:overview"
    return "pools:lookup" if may(user, Capability.LOOK_UP_USERS) else "accounts:profile"


sign_in = allow_everyone(SignIn.as_view())
sign_out = allow_signed_in(LogoutView.as_view())
