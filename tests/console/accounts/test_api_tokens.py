"""Signing in to the API and out of it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework.test import APIClient

from console.accounts.roles import Role
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/api/v1/auth/token/"


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet() -> None:
    cache.clear()


def sign_in(username: str, password: str = PASSWORD) -> object:
    return APIClient().post(SIGN_IN, {"username": username, "password": password}, format="json")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.HELPDESK])
def test_a_token_opens_what_the_role_may(role: Role) -> None:
    person = UserFactory(role=role)

    answer = sign_in(person.username).json()  # type: ignore[attr-defined]

    assert answer["role"] == role
    assert answer["expiry"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer['token']}")
    assert client.get("/api/v1/lookup/?q=ada").status_code == 200
    assert AuthToken.objects.get().digest != answer["token"]


def test_wrong_password_unknown_name_and_no_role_get_the_same_answer() -> None:
    person, outsider = UserFactory(), UserFactory(outsider=True)
    inactive = UserFactory(is_active=False)
    answers = [
        sign_in(person.username, "wrong"),
        sign_in("nobody"),
        sign_in(outsider.username),
        sign_in(inactive.username),
    ]
    assert {answer.status_code for answer in answers} == {400}  # type: ignore[attr-defined]
    assert len({answer.content for answer in answers}) == 1  # type: ignore[attr-defined]
    assert not AuthToken.objects.exists()


def test_guessing_is_slowed_down() -> None:
    answers = [sign_in("nobody", f"guess {number}") for number in range(11)]
    assert answers[-1].status_code == 429  # type: ignore[attr-defined]


def test_signing_out_revokes_this_token_or_all() -> None:
    person = UserFactory()
    (_, one), (_, two), (_, three) = (AuthToken.objects.create(user=person) for _ in range(3))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {one}")
    assert client.post("/api/v1/auth/sign-out/").status_code == 204
    assert client.get("/api/v1/pools/").status_code == 401
    assert AuthToken.objects.count() == 2

    client.credentials(HTTP_AUTHORIZATION=f"Token {two}")
    assert client.post("/api/v1/auth/sign-out-everywhere/").status_code == 204
    client.credentials(HTTP_AUTHORIZATION=f"Token {three}")
    assert client.get("/api/v1/pools/").status_code == 401


def test_there_is_a_most_of_tokens() -> None:
    person = UserFactory()
    for _ in range(knox_settings.TOKEN_LIMIT_PER_USER):
        AuthToken.objects.create(user=person)
    answer = sign_in(person.username)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "tokens are the most" in answer.content.decode()  # type: ignore[attr-defined]


def test_a_token_of_someone_who_lost_the_role_opens_nothing() -> None:
    person = UserFactory()
    _, token = AuthToken.objects.create(user=person)
    person.role = Role.NONE
    person.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/pools/").status_code == 401
