"""Addresses below /api/v1/auth/."""

from __future__ import annotations

from django.urls import path

from console.accounts.api import schema, tokens

__all__ = ["schema", "urlpatterns"]

urlpatterns = [
    path("token/", tokens.SignInView.as_view(), name="api_sign_in"),
    path("sign-out/", tokens.SignOutView.as_view(), name="api_sign_out"),
    path("sign-out-everywhere/", tokens.SignOutEverywhereView.as_view(), name="api_sign_out_all"),
]
