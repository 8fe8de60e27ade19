"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> str:
    """Where signing in leads to."""
    response = client.post("/accounts/sign-in/", {"username": name, "password": password, **more})
    assert response.status_code == HTTPStatus.FOUND
    return response["Location"]


@pytest.mark.parametrize(
    ("trait", "start"),
    [({}, "/"), ({"helpdesk": True}, "/find/"), ({"outsider": True}, "/accounts/profile/")],
)
def test_each_role_starts_where_its_work_is(
    client: Client, trait: dict[str, bool], start: str
) -> None:
    UserFactory(username="ada", **trait)

    assert sign_in(client, "ada") == start


def test_the_page_that_was_asked_for_comes_next(client: Client) -> None:
    UserFactory(username="ada")

    assert sign_in(client, "ada", next="/audit/") == "/audit/"


def test_another_site_never_comes_next(client: Client) -> None:
    UserFactory(username="ada")

    assert sign_in(client, "ada", next="https://evil.example/") == "/"


def test_a_wrong_password_keeps_the_name_and_not_the_password(client: Client) -> None:
    UserFactory(username="ada")

    page = client.post(
        "/accounts/sign-in/", {"username": "ada", "password": "wrong-but-typed"}
    ).content.decode()

    assert "Wrong user name or password" in page
    assert 'value="ada"' in page
    assert "wrong-but-typed" not in page


def test_an_unknown_name_and_a_wrong_password_read_the_same(client: Client) -> None:
    UserFactory(username="ada")
    answers = [
        client.post("/accounts/sign-in/", {"username": name, "password": "no"}).content.decode()
        for name in ("ada", "eve")
    ]

    assert all("Wrong user name or password" in answer for answer in answers)


def test_who_is_signed_in_is_not_asked_again(client: Client) -> None:
    client.force_login(UserFactory(helpdesk=True))

    assert client.get("/accounts/sign-in/")["Location"] == "/find/"


def test_signing_out_needs_a_click_and_not_only_a_link(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/accounts/sign-out/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.post("/accounts/sign-out/")["Location"] == "/accounts/sign-in/"
    assert client.get("/").status_code == HTTPStatus.FOUND


def test_too_many_attempts_have_to_wait_and_keep_the_name(client: Client) -> None:
    UserFactory(username="ada")

    for _ in range(8):
        response = client.post("/accounts/sign-in/", {"username": "ada", "password": "wrong"})

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(response["Retry-After"]) <= 300
    page = response.content.decode()
    assert "Too many failed attempts to sign in. Try again in" in page
    assert 'value="ada"' in page


def test_djangos_admin_keeps_the_same_pace(client: Client) -> None:
    UserFactory(username="ada", is_staff=True)
    typed = {"username": "ada", "password": "wrong"}
    for _ in range(5):
        client.post("/accounts/sign-in/", typed)

    page = client.post("/admin/login/", typed | {"password": PASSWORD}).content.decode()

    assert "Too many failed attempts to sign in" in page
    assert client.get("/").status_code == HTTPStatus.FOUND
