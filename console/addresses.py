"""Addresses that no page could have made."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

# PostgreSQL keeps no text with one, and refuses even to look for it.
NUL_QUERIED = "%00"


class NoNulMiddleware:
    """Refuses an address with a NUL in it, so that no view has to; forms refuse their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        if "\0" in request.path_info or NUL_QUERIED in request.META["QUERY_STRING"]:
            raise BadRequest("There is a NUL in the address.")
