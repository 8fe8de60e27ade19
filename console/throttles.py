"""How many requests of the API a person or an address has a minute, counted in Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import redis
import structlog
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from console.accounts.sign_in_limits import network_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = structlog.get_logger(__name__)


class SharedThrottle(SimpleRateThrottle):
    """Without Redis every request passes: a rate protects the console's speed, not its secrets.

    Signing in has limits of its own, in the database (`accounts/sign_in_limits.py`).
    """

    def get_ident(self, request: Request) -> str:
        return network_of(super().get_ident(request))

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except redis.RedisError as error:
            logger.warning("throttle_unavailable", reason=type(error).__name__)
            return True


class PersonThrottle(SharedThrottle, UserRateThrottle):
    """Of everybody who is signed in; by address for those who are not."""


class AddressThrottle(SharedThrottle, AnonRateThrottle):
    """Of those who are not signed in."""
