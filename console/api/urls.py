"""Addresses below /api/v1/: sign-in by token, then one module of addresses an application."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("auth/", include("console.accounts.api.urls")),
    path("", include("pools.api.urls")),
    path("", include("migrations_ui.api.urls")),
]
