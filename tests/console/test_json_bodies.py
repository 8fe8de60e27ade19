"""JSON that no code can hold is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def post(body: bytes, content_type: str = "application/json") -> tuple[int, str]:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(UserFactory())
    data: Any = body
    answer = client.generic("POST", "/api/v1/logins/", data, content_type=content_type)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("deep", [b"[" * 100_000, b"[" * 900 + b"]" * 900, b'{"a":' * 50_000])
def test_what_is_nested_without_end_is_refused(deep: bytes) -> None:
    assert post(deep)[0] == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[" * 40 + b"]" * 40, "nested deeper"),
        (b'{"name": 1e400}', "too large a number"),
        (b'{"name": -1e400}', "too large a number"),
        (b'{"name": NaN}', "NaN is no number"),
        (b'{"name": Infinity}', "Infinity is no number"),
        (b'{"name": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"name": "\xff"}', "not JSON"),
    ],
)
def test_what_it_is_is_said(body: bytes, words: str) -> None:
    status, answer = post(body)

    assert status == 400
    assert words in answer


def test_a_charset_that_nobody_has_is_refused() -> None:
    assert post(b"{}", "application/json; charset=no-such")[0] == 400


def test_ordinary_depth_and_numbers_pass() -> None:
    status, answer = post(b'{"name": [[[[1.5e300, 12345678901234567890]]]]}')

    assert status == 400
    assert "Not a valid string" in answer
