"""Exceptions of the API's views as problem details."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler, set_rollback

from console.api.problem_details import MEDIA_TYPE, problem
from console.problems import RETRY_SECONDS, problem_of
from pools.services.errors import ServiceError

logger = structlog.get_logger(__name__)

# REST framework's code of a ValidationError says less than ours.
CODES = {"invalid": "validation_failed"}


class PreconditionFailed(exceptions.APIException):
    """`If-Match` names another version than the one that is there."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "Someone has changed this since you read it. Nothing was saved."


def handle_api_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's handler. None for an error that is a fault of the code."""
    if isinstance(error, ServiceError):
        set_rollback()
        return _refused(error, context.get("view"))
    known = problem_of(error)
    if known is not None:
        logger.warning("request_refused", reason=type(error).__name__)
        response = problem_response(known.status, known.code, known.text)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    standard = exception_handler(error, context)
    if standard is None:
        return None
    refusal = _as_api_exception(error)
    code = CODES.get(refusal.default_code, refusal.default_code)
    errors = _errors_by_field(refusal.detail)
    detail = _in_one_sentence(errors) if errors else str(refusal.detail)
    response = problem_response(standard.status_code, code, detail, errors=errors)
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in standard:
            response[name] = standard[name]
    return response


def problem_response(status_code: int, code: str, detail: str, **members: Any) -> Response:
    """`members`: as of `problem()`."""
    members = problem(status_code, code, detail, **members)
    return Response(members, status_code, content_type=MEDIA_TYPE)


def _refused(error: ServiceError, view: Any) -> Response:
    """400 where a field is at fault, else 409; the view may add members of its own."""
    extensions = getattr(view, "problem_extensions", None)
    return problem_response(
        status.HTTP_400_BAD_REQUEST if error.errors else status.HTTP_409_CONFLICT,
        error.code,
        str(error),
        title=error.title,
        next_step=error.remedy,
        errors=error.errors,
        **(extensions(error) if extensions else {}),
    )


def _as_api_exception(error: Exception) -> exceptions.APIException:
    """As REST framework's own handler reads Django's two."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)  # noqa: S101  # the handler takes no other
    return error


def _errors_by_field(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return detail
    return {api_settings.NON_FIELD_ERRORS_KEY: detail} if isinstance(detail, list) else {}


def _in_one_sentence(errors: dict[str, Any]) -> str:
    """The first message, after the name of its field."""
    name, found = next(iter(errors.items()))
    while isinstance(found, (dict, list)):
        if isinstance(found, dict):
            part, found = next(iter(found.items()))
            name = f"{name}.{part}"
        else:
            # Of a list of objects those without a fault are empty.
            found = next(each for each in found if each)
    return str(found) if name == api_settings.NON_FIELD_ERRORS_KEY else f"{name}: {found}"
