"""Errors that are no fault of the code, as answers in words: for pages, for the API, and where a
middleware meets them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request, page_not_found, server_error

from console.accounts.access import allow_everyone
from console.api.problem_details import MEDIA_TYPE, problem
from pools.models.secret import SecretUnreadable

logger = structlog.get_logger(__name__)

RETRY_SECONDS = 5
BUSY = (
    "The console's database is busy or cannot be reached. Nothing was saved. Try again in a moment."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person or a program is answered."""

    code: str
    title: str
    text: str
    status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE


def problem_of(error: BaseException | None) -> Problem | None:
    """None for an error that is a fault of the code."""
    if isinstance(error, SecretUnreadable):
        return Problem("secret_unreadable", "A stored secret cannot be read", str(error))
    if isinstance(error, (OperationalError, InterfaceError)):
        return Problem("database_busy", "The database is busy", BUSY)
    return None


def problem_page(request: HttpRequest, found: Problem) -> HttpResponse:
    """A page by itself: what the others need of the database may be what is missing."""
    if _is_of_api(request):
        response = _problem_json(found.status, found.code, found.text)
    else:
        page = render_to_string("503.html", {"problem": found})
        response = HttpResponse(page, status=found.status)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class ProblemMiddleware:
    """Of views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        found = problem_of(error)
        if found is None:
            return None
        logger.warning("request_refused", path=request.path, reason=type(error).__name__)
        return problem_page(request, found)


@allow_everyone
def handle_server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500: of what a middleware raised there is a problem as well."""
    found = problem_of(sys.exc_info()[1])
    if found is not None:
        return problem_page(request, found)
    if _is_of_api(request):
        text = "The console failed to answer. What was asked may or may not have been done."
        return _problem_json(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error", text)
    return server_error(request)


@allow_everyone
def handle_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler404, for addresses that no view has."""
    if _is_of_api(request):
        text = "There is no endpoint at this address. All are below /api/v1/."
        return _problem_json(HTTPStatus.NOT_FOUND, "not_found", text)
    return page_not_found(request, exception)


@allow_everyone
def handle_bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400."""
    if _is_of_api(request):
        return _problem_json(
            HTTPStatus.BAD_REQUEST, "bad_request", "The request was not understood."
        )
    return bad_request(request, exception)


def _is_of_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _problem_json(status: HTTPStatus, code: str, detail: str) -> HttpResponse:
    return JsonResponse(problem(status, code, detail), status=status, content_type=MEDIA_TYPE)
