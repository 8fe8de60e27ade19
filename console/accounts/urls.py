"""Signing in and out, and what a person sets for themselves."""

from __future__ import annotations

from django.urls import path

from console.accounts.views import profile, sign_in, tokens

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="theme"),
    path("profile/password/", profile.password, name="password"),
    path("profile/tokens/add/", tokens.token_add, name="token_add"),
    path("profile/tokens/<str:key>/revoke/", tokens.token_revoke, name="token_revoke"),
]
