"""Errors that are no fault of the code, as answers in words: for pages, for the API, and where a
middleware meets them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error
from rest_framework.response import Response
from rest_framework.views import exception_handler

from console.accounts.access import allow_everyone
from pools.models.secret import SecretUnreadable

logger = structlog.get_logger(__name__)

RETRY_SECONDS = 5
BUSY = (
    "The console's database is busy or cannot be reached. Nothing was saved. Try again in a moment."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person or a program is answered."""

    title: str
    text: str
    status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE


def problem_of(error: BaseException | None) -> Problem | None:
    """None for an error that is a fault of the code."""
    if isinstance(error, SecretUnreadable):
        return Problem("A stored secret cannot be read", str(error))
    if isinstance(error, (OperationalError, InterfaceError)):
        return Problem("The database is busy", BUSY)
    return None


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A page by itself: what the others need of the database may be what is missing."""
    if request.path_info.startswith("/api/"):
        response: HttpResponse = JsonResponse({"detail": problem.text}, status=problem.status)
    else:
        page = render_to_string("503.html", {"problem": problem})
        response = HttpResponse(page, status=problem.status)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class ProblemMiddleware:
    """Of views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        problem = problem_of(error)
        if problem is None:
            return None
        logger.warning("request_refused", path=request.path, reason=type(error).__name__)
        return problem_page(request, problem)


@allow_everyone
def handle_server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500: of what a middleware raised there is a problem as well."""
    problem = problem_of(sys.exc_info()[1])
    return server_error(request) if problem is None else problem_page(request, problem)


def handle_api_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's handler."""
    problem = problem_of(error)
    if problem is None:
        return exception_handler(error, context)
    logger.warning("request_refused", reason=type(error).__name__)
    answer = Response({"detail": problem.text}, problem.status)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer
