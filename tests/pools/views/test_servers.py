"""A server's pages: its state, adding, editing, retiring it, and its host key."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pools.models import AuditEntry, Server
from tests.factories import CommandProfileFactory, LoginFactory, ServerFactory
from tests.pools.views.conftest import World


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_four_health_values_stand_apart(administrator: Client) -> None:
    server = ServerFactory(busy=True)

    page = text_of(administrator, f"/servers/{server.pk}/")

    for title in ("Availability", "Availability index", "Overall status", "Constrained"):
        assert f"<dt>{title}</dt>" in page
    assert "−12, constrained" in page
    assert "has been running for 34 minutes" in page


def test_a_status_of_before_the_server_fell_silent_is_not_green(
    administrator: Client,
) -> None:
    server = ServerFactory(dead=True, overall_status="green")

    page = text_of(administrator, server.get_absolute_url())

    assert '<span class="state unknown">Green</span>' in page


def test_the_chart_has_a_table_behind_it(world: World, administrator: Client) -> None:
    page = text_of(administrator, f"/servers/{world.server.pk}/")

    assert 'class="chart"' in page
    assert "As a table" in page
    assert page.count('<td class="num">9') >= 1


def test_a_page_of_a_server_costs_a_dozen_queries(
    world: World, administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        text_of(administrator, f"/servers/{world.server.pk}/")


def test_a_span_that_does_not_exist_is_the_last_hour(world: World, administrator: Client) -> None:
    assert administrator.get(f"/servers/{world.server.pk}/?span=century").status_code == 200


def test_only_a_standalone_server_offers_a_migration(world: World, administrator: Client) -> None:
    assert "Migrate into a pool" in text_of(administrator, f"/servers/{world.standalone.pk}/")
    assert "Migrate into a pool" not in text_of(administrator, f"/servers/{world.server.pk}/")


def test_users_of_a_pooled_server_are_the_pools(world: World, administrator: Client) -> None:
    response = administrator.get(f"/servers/{world.server.pk}/users/")

    assert response["Location"] == "/pools/acme-eu/users/"


def server_data(**changes: object) -> dict[str, object]:
    login = LoginFactory()
    return {
        "domino_name": "CN=trav4/O=Acme",
        "ssh_host": "trav4.acme.example",
        "ssh_port": 22,
        "ssh_login": login.pk,
        "profile": CommandProfileFactory().pk,
        "api_url": "https://trav4.acme.example",
        "api_login": login.pk,
        "platform": "unknown",
        f"password_of_login_{login.pk}": login.password,
        **changes,
    }


def test_a_server_is_added(administrator: Client) -> None:
    response = administrator.post("/servers/add/", server_data(), follow=True)

    assert "trav4/Acme is added" in response.content.decode()
    assert Server.objects.get().is_standalone


@pytest.mark.parametrize("port", [0, 65_536])
def test_a_port_that_cannot_be_is_reported_beside_it(administrator: Client, port: int) -> None:
    response = administrator.post("/servers/add/", server_data(ssh_port=port))

    page = response.content.decode()
    assert response.status_code == 422
    assert "A port is a number from 1 to 65535." in page
    assert f'value="{port}"' in page


def test_a_server_that_is_known_in_another_spelling_is_refused(administrator: Client) -> None:
    ServerFactory(domino_name="CN=TRAV4/O=ACME")

    response = administrator.post("/servers/add/", server_data())

    assert response.status_code == 422
    assert "is known already" in response.content.decode()
    assert Server.objects.count() == 1


@pytest.mark.parametrize("port", [0, 65_536, 10**30, "ssh"])
def test_a_port_that_is_none_is_refused_at_its_field(administrator: Client, port: object) -> None:
    response = administrator.post("/servers/add/", server_data(ssh_port=port))

    assert response.status_code == 422
    assert "A port is a number from 1 to 65535." in response.content.decode()
    assert not Server.objects.exists()


def test_a_member_that_the_pool_lists_is_entered_with_its_name(
    world: World, administrator: Client
) -> None:
    page = text_of(
        administrator, f"/servers/add/?pool={world.pool.pk}&domino_name=CN%3Dtrav7/O%3DAcme"
    )

    assert 'value="CN=trav7/O=Acme"' in page
    assert f'<option value="{world.pool.pk}" selected>' in page


def test_editing_a_server_cannot_put_it_into_a_pool(world: World, administrator: Client) -> None:
    data = server_data(domino_name=world.standalone.domino_name, pool=world.pool.pk)

    administrator.post(f"/servers/{world.standalone.pk}/edit/", data)

    world.standalone.refresh_from_db()
    assert world.standalone.ssh_host == "trav4.acme.example"
    assert world.standalone.is_standalone


def test_a_host_key_is_forgotten_only_by_name(world: World, administrator: Client) -> None:
    address = f"/servers/{world.server.pk}/host-key/forget/"

    refused = administrator.post(address, {"confirm": "yes"}, follow=True)
    world.server.refresh_from_db()
    assert world.server.host_key
    assert "type trav1 to confirm" in refused.content.decode()

    administrator.post(address, {"confirm": "trav1"})
    world.server.refresh_from_db()
    assert world.server.host_key == ""
    assert AuditEntry.objects.filter(action="trust_host_key").exists()


def test_the_host_key_is_shown_as_people_compare_it(world: World, administrator: Client) -> None:
    assert "SHA256:" in text_of(administrator, f"/servers/{world.server.pk}/")


def test_a_server_is_retired_by_name_and_leaves_the_overview(
    world: World, administrator: Client
) -> None:
    response = administrator.post(
        f"/servers/{world.standalone.pk}/retire/", {"confirm": "trav9"}, follow=True
    )

    assert "is retired" in response.content.decode()
    assert f"/servers/{world.standalone.pk}/" not in response.content.decode()
