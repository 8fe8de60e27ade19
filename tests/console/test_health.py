from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port

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


@pytest.mark.parametrize("host", ["10.1.2.3", "lifeguard-7c9f", "bad host"])
def test_a_plain_probe_by_address_is_answered_where_https_is_on(
    settings: Settings, redis: EmbeddedRedis, host: str
) -> None:
    settings.REDIS_URL = redis.url
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/healthz", headers={"host": host})

    assert answer.status_code == 200
    assert "Location" not in answer
    assert not answer.cookies
    assert set(answer.json()) == {"database", "redis"}


def test_everything_else_still_goes_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert Client().get("/").status_code == 301
    assert Client().post("/healthz").status_code == 301
