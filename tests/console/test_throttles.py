"""Request rates are counted once for all processes, and Redis is not needed to answer."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from pytest_django import Settings
from rest_framework.test import APIClient

from console.settings import CACHES
from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from console.throttles import AddressThrottle
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def cache_at(url: str) -> dict[str, object]:
    return {"default": CACHES["default"] | {"LOCATION": url}}


def test_two_processes_count_together(
    settings: Settings, redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = cache_at(redis.url)
    monkeypatch.setattr(AddressThrottle, "get_rate", lambda self: "2/min")
    answers = []
    for _ in range(3):
        # Each process has connections and objects of its own.
        caches.close_all()
        monkeypatch.setattr(AddressThrottle, "cache", caches.create_connection("default"))
        answers.append(APIClient().get("/api/v1/auth/token/").status_code)

    assert answers == [405, 405, 429]


def test_without_redis_the_api_answers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = cache_at(f"redis://127.0.0.1:{free_port()}/0")
    client = APIClient()
    client.force_authenticate(UserFactory())

    assert client.get("/api/v1/pools/").status_code == 200
