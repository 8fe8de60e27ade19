"""A locked database is an answer in words, on pages and in the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import LoginFactory, UserFactory
from tests.people import administrator

__all__ = ["administrator"]

pytestmark = pytest.mark.django_db


@contextmanager
def locked(table: str) -> Iterator[None]:
    """As SQLite answers when its lock was waited for long enough."""

    def refuse(execute: object, sql: str, *args: object) -> object:
        if table in sql:
            raise OperationalError("database is locked")
        return execute(sql, *args)  # type: ignore[operator]

    with connection.execute_wrapper(refuse):
        yield


def test_a_page_says_to_try_again(administrator: Client) -> None:
    with locked("pools_login"):
        answer = administrator.get("/logins/")

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "The database is busy" in answer.content.decode()


def test_so_does_the_api() -> None:
    client = APIClient()
    client.force_authenticate(UserFactory())
    with locked("pools_login"):
        answer = client.get("/api/v1/logins/")

    assert answer.status_code == 503
    assert "Nothing was saved" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/logins/", "/api/v1/logins/"])
def test_so_it_is_where_the_session_is_read(address: str) -> None:
    """A middleware raises it, where no view's handler hears of it."""
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory())
    with locked("django_session"):
        answer = client.get(address)

    assert answer.status_code == 503
    assert "Nothing was saved" in answer.content.decode()


def test_a_fault_of_ours_stays_one(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pools.views.logins.render", fail)
    administrator.raise_request_exception = False
    LoginFactory()

    assert administrator.get("/logins/").status_code == 500
