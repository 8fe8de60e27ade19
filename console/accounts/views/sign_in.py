"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import resolve_url

from console.accounts.access import allow, allow_everyone
from console.accounts.forms.sign_in import PacedForm, SignInForm
from console.accounts.models import User
from console.accounts.roles import Role


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
    if user.is_administrator:
        return "pools:overview"
    return "pools:lookup" if user.may_look_up else "accounts:profile"


sign_in = allow_everyone(SignIn.as_view())
sign_out = allow(*Role)(LogoutView.as_view())
