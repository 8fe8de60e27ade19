"""Who is not signed in is sent to do so, and comes back to the page afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Where a page fetches a part of itself, the whole page goes to sign in: the form would not
    fit in the part's place, and nothing would be left there."""

    def handle_no_permission(  # type: ignore[override]  # htmx is redirected by another header
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        htmx = HtmxDetails(request)
        if not htmx:
            return super().handle_no_permission(request, view_func)
        page = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(
            redirect_to_login(page, self.get_login_url(view_func)).url
        )
