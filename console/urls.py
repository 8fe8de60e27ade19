"""HTTP addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from console.accounts.forms.sign_in import AdminSignInForm

handler400 = "console.problems.handle_bad_request"
handler404 = "console.problems.handle_not_found"
handler500 = "console.problems.handle_server_error"
admin.site.login_form = AdminSignInForm

urlpatterns = [
    path("", include("pools.urls")),
    path("accounts/", include("console.accounts.urls")),
    path("migrations/", include("migrations_ui.urls")),
    path("api/v1/", include("console.api.urls")),
    path("admin/", admin.site.urls),
]
