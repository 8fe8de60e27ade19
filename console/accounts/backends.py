"""The one way to sign in with a password: pages, Django's admin and the API all come through it."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from console.accounts.models import User
from console.accounts.sign_in_limits import begin_attempt


class LimitedBackend(ModelBackend):
    """Checks passwords as Django does, at the pace of `sign_in_limits`.

    Raises TooManyAttempts. Without a request nothing is limited: such a call is our own.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        attempt = begin_attempt(username, request.META.get("REMOTE_ADDR", ""))
        user = super().authenticate(request, username, password, **kwargs)
        if user is not None:
            attempt.succeed()
        return user

    async def aauthenticate(  # type: ignore[override]  # the stubs of the two bases disagree
        self, request: HttpRequest | None, **credentials: Any
    ) -> User | None:
        return await sync_to_async(self.authenticate)(request, **credentials)
