"""Problem details (RFC 9457): the one form of every error of the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"

# code: its title, and what to do next where the error itself does not say.
KNOWN: dict[str, tuple[str, str]] = {
    "validation_failed": (
        "Some values are not valid",
        "Correct what `errors` names, and send the request again.",
    ),
    "parse_error": ("The body cannot be read", "Send JSON as the schema describes it."),
    "invalid_cursor": ("The cursor is not valid", "Start again without `cursor`."),
    "not_authenticated": (
        "Sign-in is required",
        "Send `Authorization: Token …`; POST /api/v1/auth/token/ creates a token.",
    ),
    "authentication_failed": (
        "The token is not valid",
        "Create a new token: POST /api/v1/auth/token/.",
    ),
    "permission_denied": (
        "You may not do this",
        "Ask an administrator for the role that it needs.",
    ),
    "not_found": ("Not found", "Check the address and the id; the list shows what exists."),
    "method_not_allowed": ("Method not allowed", "`Allow` lists the methods of this address."),
    "not_acceptable": ("Not acceptable", "Accept application/json."),
    "unsupported_media_type": ("Unsupported media type", "Send application/json."),
    "throttled": ("Too many requests", "Wait for as many seconds as `Retry-After` says."),
    "precondition_failed": (
        "The object has changed",
        "Read it again, and send the change with its new ETag.",
    ),
    "idempotency_key_invalid": ("The idempotency key is not valid", "Send a UUID, for example."),
    "idempotency_key_reused": (
        "The idempotency key was used before",
        "Send another key with every new request.",
    ),
    "request_in_progress": (
        "The same request is in progress",
        "Wait a moment, then send it again with the same key.",
    ),
    "bad_request": ("Bad request", "Correct the address or the headers."),
    "request_too_large": ("The request is too large", "Send less at once."),
    "request_too_slow": ("The request took too long", "Send it again over a faster connection."),
    "database_busy": ("The console's database is busy", "Try again after `Retry-After` seconds."),
    "secret_unreadable": (
        "A stored secret cannot be read",
        "Restore the former key, or enter the secret again.",
    ),
    "conflicts_unavailable": (
        "The other conflicts cannot be read",
        "Use those before; no more can be read.",
    ),
    "page_expired": ("The page has expired", "Start again without `behind`."),
    "database_not_read": (
        "The pool's database could not be read",
        "Check the database, then request the page again.",
    ),
    "server_error": (
        "Internal error",
        "Report it with the time of the request: the log has the cause.",
    ),
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    title: str = "",
    next_step: str = "",
    errors: dict[str, Any] | None = None,
    **extensions: Any,
) -> dict[str, Any]:
    """The members of one problem; `errors` only where fields are at fault, by their names."""
    known_title, known_step = KNOWN.get(code, (HTTPStatus(status).phrase, ""))
    return {
        "type": f"urn:lifeguard:problem:{code}",
        "title": title or known_title,
        "status": int(status),
        "code": code,
        "detail": detail,
        "next_step": next_step or known_step,
        **({"errors": errors} if errors else {}),
        **extensions,
    }
