"""What holds for every page: whole markup, one heading, named controls, nothing inline."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.pools.views.conftest import World
from tests.pools.views.html import Page
from tests.pools.views.pages import READABLE, address_of


@pytest.mark.parametrize("name", READABLE)
def test_a_page_is_well_made(name: str, world: World, administrator: Client) -> None:
    response = administrator.get(address_of(name, world))
    page = Page(response.content.decode())

    assert response.status_code == 200
    assert page.mismatched == []
    assert page.inline == []
    assert page.doubled_ids() == []
    assert page.unnamed_fields() == []
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert all("alt" in image for image in page.all("img"))
    assert all("scope" in head for head in page.all("th"))


@pytest.mark.parametrize(
    "address",
    ["/", "/find/", "/databases/", "/logins/", "/profiles/", "/audit/", "/servers/add/"],
)
def test_a_page_stands_in_an_empty_console(address: str, administrator: Client) -> None:
    response = administrator.get(address)

    assert response.status_code == 200
    assert Page(response.content.decode()).mismatched == []


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/nothing-is-here/"])
def test_a_page_before_signing_in_is_well_made(address: str, client: Client, db: None) -> None:
    page = Page(client.get(address, follow=True).content.decode())

    assert page.mismatched == []
    assert page.inline == []
    assert page.unnamed_fields() == []
    assert len(page.all("h1")) == 1


def test_no_secret_is_on_any_page(world: World, administrator: Client) -> None:
    for name in READABLE:
        page = administrator.get(address_of(name, world)).content.decode()
        assert "secret-of-a" not in page, name
