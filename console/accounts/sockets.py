"""Who opens a WebSocket: asked of the store each time, so that it can be asked again.

A browser says so by its session, from our own pages only; an integration by a token in the
Authorization header, never in the address, which lands in logs.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.utils.http import is_same_domain
from django.utils.module_loading import import_string
from rest_framework.exceptions import AuthenticationFailed

from console.accounts.models import User
from console.accounts.tokens import TokenAuthentication

# Channels' own type of it says less than we read.
Scope = Any


@database_sync_to_async
def person_of(scope: Scope) -> User | None:
    """The person behind the socket, as the store knows them now; None: nobody, or no longer."""
    request = _request_of(scope)
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        return _person_of_token(authorization)
    if not _comes_from_us(request):
        return None
    # A store of its own each time: the one before would say what it has read already.
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user if isinstance(user, User) else None


def _person_of_token(authorization: str) -> User | None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "token":
        return None
    try:
        return TokenAuthentication().authenticate_credentials(token.strip().encode())[0]
    except AuthenticationFailed:
        return None


def _request_of(scope: Scope) -> ASGIRequest:
    """The handshake as a request, so that host, scheme and cookies are read by Django's rules."""
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), "http")
    return ASGIRequest({**scope, "type": "http", "method": "GET", "scheme": scheme}, BytesIO())


def _comes_from_us(request: ASGIRequest) -> bool:
    """Whether the page has the console's own scheme, host and port, or is trusted by name."""
    origin = request.headers.get("Origin", "")
    try:
        own = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return False
    return origin.lower() == own.lower() or any(
        _is_trusted(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS
    )


def _is_trusted(origin: str, trusted: str) -> bool:
    scheme, _, pattern = trusted.partition("://")
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme == scheme and is_same_domain(parts.netloc, pattern.removeprefix("*"))
