"""`/healthz`: whether this console can work, for a load balancer or a container's probe."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

ANSWER_SECONDS = 2
ADDRESS = "/healthz"


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1{connection.features.bare_select_suffix}")
    except Error:
        return False
    return True


def redis_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


PARTS: dict[str, Callable[[], bool]] = {"database": database_answers, "redis": redis_answers}


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; says which, and nothing else."""
    parts = {name: answers() for name, answers in PARTS.items()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


class HealthMiddleware:
    """Answers before all others: a probe comes by address, without TLS and without a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == ADDRESS and request.method in {"GET", "HEAD"}:
            return health(request)
        return self.get_response(request)
