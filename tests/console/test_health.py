from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from pools.lab.embedded import EmbeddedRedis, free_port

pytestmark = pytest.mark.django_db


def test_anyone_may_ask_whether_the_console_works(settings: Settings, redis: EmbeddedRedis) -> None:
    settings.REDIS_URL = redis.url
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "redis": True}


def test_what_does_not_answer_is_named(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "redis": False}
