"""The helpdesk's one box."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import DeviceFactory, ServerFactory, TravelerUserFactory


def results(client: Client, text: str, **headers: str) -> str:
    return client.get("/find/", {"q": text}, headers=headers).content.decode()


def test_a_user_is_found_by_name_and_the_letters_are_marked(helpdesk: Client) -> None:
    TravelerUserFactory(name="CN=Ada Lovelace/O=Acme")

    page = results(helpdesk, "ada")

    assert "<b>Ada Lovelace</b>" in page
    assert "<mark>Ada</mark>" in page


def test_a_device_id_leads_to_its_user(helpdesk: Client) -> None:
    device = DeviceFactory(device_id="ApplF17XK2MN7F3A")

    page = results(helpdesk, "applf17x")

    assert f"/users/{device.user.pk}/?q=applf17x" in page


def test_while_typing_only_the_results_are_sent(helpdesk: Client) -> None:
    TravelerUserFactory(name="CN=Ada Lovelace/O=Acme")

    fragment = results(helpdesk, "ada", **{"HX-Request": "true"})

    assert fragment.lstrip().startswith('<div id="results"')
    assert "<html" not in fragment


def test_a_cache_keeps_page_and_results_apart(helpdesk: Client) -> None:
    assert "HX-Request" in helpdesk.get("/find/")["Vary"]


def test_one_letter_asks_for_another(helpdesk: Client) -> None:
    assert "Type one more letter" in results(helpdesk, "a")


def test_two_letters_inside_a_name_ask_for_a_third_instead_of_denying_it(helpdesk: Client) -> None:
    TravelerUserFactory(name="CN=Ahmed Papadopoulos/O=Acme")

    page = results(helpdesk, "ad")

    assert "Nothing begins with “ad”" in page
    assert "From three letters on" in page
    assert "<b>Ahmed Papadopoulos</b>" in results(helpdesk, "ado")


def test_nothing_found_says_what_to_try(helpdesk: Client) -> None:
    page = results(helpdesk, "<script>")

    assert "&lt;script&gt;" in page
    assert "Try part of the name" in page


def test_twenty_matches_cost_a_dozen_queries(
    helpdesk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    master = ServerFactory(healthy=True)
    for number in range(12):
        person = TravelerUserFactory(name=f"CN=Ada {number}/O=Acme", master_server=master)
        DeviceFactory(user=person, device_id=f"ADA{number}")

    with django_assert_max_num_queries(12):
        page = results(helpdesk, "ada")

    assert page.count("data-row ") == 20


def test_a_user_whom_nobody_asked_about_is_said_to_be_not_queried(helpdesk: Client) -> None:
    TravelerUserFactory(name="CN=Ada Lovelace/O=Acme")
    TravelerUserFactory(name="CN=Ada Byron/O=Acme", details_seen_at=timezone.now())

    page = results(helpdesk, "ada")

    assert page.count("not queried yet") == 1
    assert page.count("not assigned to a server") == 1


@pytest.mark.parametrize(("there", "said"), [(10, "10 matches,"), (11, "10+ matches,")])
def test_matches_that_are_not_shown_are_counted_as_more(
    helpdesk: Client, there: int, said: str
) -> None:
    for number in range(there):
        TravelerUserFactory(name=f"CN=Ada {number}/O=Acme")

    page = results(helpdesk, "ada")

    assert said in page
    assert page.count("data-row ") == 10


def test_a_device_that_is_silent_for_months_is_probably_no_longer_in_use(helpdesk: Client) -> None:
    long_ago = timezone.now() - timedelta(days=300)
    DeviceFactory(device_id="ApplF17XK2MN7F3A", last_sync_at=long_ago)

    assert "probably no longer in use" in results(helpdesk, "applf17x")
