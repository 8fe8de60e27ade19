"""REST addresses: one router a world, sign-in by token, and the schema."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("auth/", include("console.accounts.api.urls")),
    path("", include("pools.api.urls")),
    path("", include("migrations_ui.api.urls")),
]
