"""A user's page: what the helpdesk reads out."""

from __future__ import annotations

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import DeviceFactory, TravelerUserFactory
from tests.pools.views.conftest import World


def text_of(client: Client, world: World) -> str:
    return client.get(f"/users/{world.person.pk}/").content.decode()


def test_the_page_says_whose_which_when_and_why(world: World, helpdesk: Client) -> None:
    page = text_of(helpdesk, world)

    assert "<h1>Größe Testüser</h1>" in page
    assert "trav2" in page
    assert "3 days ago" in page
    assert "access is denied for this device" in page
    assert "iPhone (iPhone7,1)" in page


def test_the_helpdesk_gets_no_link_to_what_it_cannot_open(world: World, helpdesk: Client) -> None:
    page = text_of(helpdesk, world)

    assert 'href="/servers/' not in page
    assert 'href="/pools/' not in page


def test_an_administrator_gets_the_links(world: World, administrator: Client) -> None:
    assert 'href="/servers/' in text_of(administrator, world)


def test_nothing_can_be_done_to_a_device_yet(world: World, administrator: Client) -> None:
    page = text_of(administrator, world)

    for verb in ("Wipe", "Deny", "Clear anchors", "Reset"):
        assert verb not in page.replace("Wipe asked for", "").replace("Wipe status", "")


def test_a_user_without_a_device_says_so(helpdesk: Client) -> None:
    person = TravelerUserFactory()

    assert "No device" in helpdesk.get(f"/users/{person.pk}/").content.decode()


def test_thirty_devices_cost_a_dozen_queries(
    helpdesk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = TravelerUserFactory()
    DeviceFactory.create_batch(30, user=person)

    with django_assert_max_num_queries(12):
        helpdesk.get(f"/users/{person.pk}/")
