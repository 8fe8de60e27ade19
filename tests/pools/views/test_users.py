"""A user's page: what the helpdesk reads out."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pools.models import TravelerUser
from tests.factories import DeviceFactory, TravelerUserFactory, UserFactory
from tests.pools.views.conftest import World

AUTOMATIC = 'name="automatic"'
HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The users whom a worker is to ask a server about."""
    users: list[int] = []
    monkeypatch.setattr("pools.services.task_queue.transaction.on_commit", lambda send: send())
    monkeypatch.setattr(
        current_app, "send_task", lambda _name, args, **_options: users.extend(args)
    )
    return users


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
    person = TravelerUserFactory(details_seen_at=timezone.now(), master_locked="never")

    page = helpdesk.get(f"/users/{person.pk}/").content.decode()
    assert "not assigned to a server" in page
    assert "No device" in page


def test_thirty_devices_cost_a_dozen_queries(
    helpdesk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = TravelerUserFactory()
    DeviceFactory.create_batch(30, user=person)

    with django_assert_max_num_queries(12):
        helpdesk.get(f"/users/{person.pk}/")


def test_looking_writes_nothing_and_a_page_of_old_knowledge_asks_by_itself(
    world: World, helpdesk: Client, asked: list[int]
) -> None:
    assert AUTOMATIC in text_of(helpdesk, world)
    assert asked == []

    TravelerUser.objects.update(details_tried_at=timezone.now() - timedelta(minutes=4))
    assert AUTOMATIC not in text_of(helpdesk, world)


def test_the_button_works_without_script(world: World, helpdesk: Client, asked: list[int]) -> None:
    response = helpdesk.post(f"/users/{world.person.pk}/ask/", follow=True)

    assert asked == [world.person.pk]
    page = response.content.decode()
    assert response.redirect_chain == [(f"/users/{world.person.pk}/", HTTPStatus.FOUND)]
    assert "A server is asked about Größe Testüser now." in page
    assert "asking now" in page
    assert AUTOMATIC not in page

    again = helpdesk.post(f"/users/{world.person.pk}/ask/", follow=True).content.decode()
    assert asked == [world.person.pk]
    assert "A server was asked about Größe Testüser a moment ago" in again


def test_with_script_only_the_person_is_drawn_again(
    world: World, helpdesk: Client, asked: list[int]
) -> None:
    response = helpdesk.post(f"/users/{world.person.pk}/ask/", {"automatic": "yes"}, headers=HTMX)

    assert asked == [world.person.pk]
    part = response.content.decode()
    assert "<html" not in part
    assert "asking now" in part
    assert 'hx-trigger="every 1s"' in part


def test_an_open_page_is_reported_once_there_is_news(world: World, helpdesk: Client) -> None:
    open_page = helpdesk.get(f"/users/{world.person.pk}/")
    address = f"/users/{world.person.pk}/details/?version={open_page.context['version']}"
    assert helpdesk.get(address).status_code == HTTPStatus.NO_CONTENT

    now = timezone.now()
    TravelerUser.objects.filter(pk=world.person.pk).update(
        details_tried_at=now, details_seen_at=now, mail_access=False, monitoring=True
    )
    news = helpdesk.get(address).content.decode()

    assert '<span class="state bad">not accessible</span>' in news
    assert "as of" in news
    assert 'hx-trigger="every 15s"' in news
    assert '<span class="state good">active</span>' in news


def test_a_failure_is_said_beside_what_was_known_before(world: World, helpdesk: Client) -> None:
    now = timezone.now()
    TravelerUser.objects.filter(pk=world.person.pk).update(
        details_tried_at=now,
        details_seen_at=now - timedelta(hours=3),
        details_failure="10.0.0.5:22: Nothing listens on this port.",
        mail_access=True,
        master_locked="Tue Jun 15 17:08:37 EDT 2010",
    )
    page = text_of(helpdesk, world)

    assert "No answer about this user" in page
    assert "Nothing listens on this port." in page
    assert "stale, last seen" in page
    # Nothing stale is ever green.
    assert '<span class="state unknown">accessible</span>' in page
    assert "Tue Jun 15 17:08:37 EDT 2010" in page


def test_what_the_console_printed_of_a_device_is_among_its_facts(helpdesk: Client) -> None:
    device = DeviceFactory(printed="Auto Sync Change Flags: None")

    page = helpdesk.get(f"/users/{device.user.pk}/").content.decode()

    assert "Auto Sync Change Flags, as printed" in page


def test_who_may_not_look_a_user_up_may_not_have_anybody_asked(
    world: World, outsider: Client, administrator: Client, asked: list[int]
) -> None:
    address = f"/users/{world.person.pk}/ask/"

    assert outsider.post(address).status_code == HTTPStatus.FORBIDDEN
    assert Client().post(address).status_code == HTTPStatus.FOUND
    assert asked == []
    assert administrator.get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert administrator.post(address).status_code == HTTPStatus.FOUND
    assert asked == [world.person.pk]


def test_asking_needs_a_token_of_the_page(world: World, asked: list[int]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(helpdesk=True))

    assert client.post(f"/users/{world.person.pk}/ask/").status_code == HTTPStatus.FORBIDDEN
    assert asked == []
