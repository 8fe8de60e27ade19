"""Who reaches what: every named address × every role."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client

from console.accounts.roles import Role
from tests.factories import UserFactory
from tests.people import client_of
from tests.pools.views.conftest import World
from tests.pools.views.pages import REACH, address_of, declared_names


def test_every_named_address_says_who_reaches_it() -> None:
    assert declared_names() == set(REACH)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_its_own_pages_and_no_other(role: Role, world: World) -> None:
    reached = set()
    for name in REACH:
        # Afresh for each, because signing out is one of them.
        client = client_of(UserFactory(role=role))
        client.raise_request_exception = False
        response = client.get(address_of(name, world))
        if response.status_code != HTTPStatus.FORBIDDEN:
            reached.add(name)

    assert reached == {name for name, roles in REACH.items() if roles is None or role in roles}


def test_nobody_is_served_without_signing_in(world: World, client: Client) -> None:
    for name, roles in REACH.items():
        response = client.get(address_of(name, world))
        if roles is None:
            assert response.status_code != HTTPStatus.FOUND, name
        else:
            assert response.status_code == HTTPStatus.FOUND, name
            assert response["Location"].startswith("/accounts/sign-in/"), name


def test_a_person_whose_account_is_switched_off_is_signed_out(world: World) -> None:
    user = UserFactory()
    client = client_of(user)
    user.is_active = False
    user.save()

    assert client.get("/").status_code == HTTPStatus.FOUND


def test_the_helpdesk_is_led_to_the_look_up(helpdesk: Client) -> None:
    response = helpdesk.get("/")

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == "/find/"


def test_a_refusal_says_who_one_is_and_where_to_go(helpdesk: Client) -> None:
    response = helpdesk.get("/audit/")

    assert response.status_code == HTTPStatus.FORBIDDEN
    page = response.content.decode()
    assert "This page is not for your role" in page
    assert "Find a user or device" in page
    assert "/pools/" not in page


def test_writing_needs_a_token_of_the_page(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    response = client.post(f"/servers/{world.server.pk}/operations/", {"kind": "status"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "This page was open too long" in response.content.decode()
