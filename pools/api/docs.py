"""The schema and its browsable page: the page is for people, so a browser is sent to sign in."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAuthenticated

from console.accounts.capabilities import Capability


class SchemaView(SpectacularAPIView):
    """The description itself, for programs that make clients of it."""

    capability = Capability.USE_API


class DocsView(SpectacularSwaggerSplitView):
    """The split view loads its script from an address of its own: no inline script."""

    capability = Capability.USE_API
    url_name = "api_schema"

    # The framework finishes any response of Django's, its stubs know only its own.
    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        """Whoever does not ask for a page, or shows a wrong token, gets the API's own answer."""
        if isinstance(exc, NotAuthenticated) and "text/html" in self.request.headers.get(
            "Accept", ""
        ):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)
