"""A pool's pages."""

from __future__ import annotations

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pools.models import AuditEntry, Pool
from tests.factories import (
    DatabaseConfigurationFactory,
    DeviceFactory,
    LoginFactory,
    PoolFactory,
    ServerFactory,
    TravelerUserFactory,
)
from tests.html import collapsed
from tests.pools.views.conftest import LONG, World


def text_of(client: Client, address: str) -> str:
    return collapsed(client.get(address).text)


def test_the_servers_are_those_of_hadr_show(world: World, administrator: Client) -> None:
    page = text_of(administrator, "/pools/acme-eu/")

    assert "trav1/Acme" in page
    assert LONG in page
    assert "listed by the pool, not entered here" in page
    assert 'ws-connect="/ws/pools/' in page


def test_a_pool_without_a_server_offers_a_migration(administrator: Client) -> None:
    PoolFactory(slug="empty")

    page = text_of(administrator, "/pools/empty/")

    assert "No server yet" in page
    assert "/migrations/new/" in page


def test_eight_servers_cost_a_dozen_queries(
    administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ServerFactory.create_batch(8, pool=PoolFactory(slug="eight"), healthy=True)

    with django_assert_max_num_queries(12):
        text_of(administrator, "/pools/eight/")


def test_a_hundred_users_cost_a_dozen_queries(
    administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pool = PoolFactory(slug="many", device_count=101)
    for person in TravelerUserFactory.create_batch(101, pool=pool):
        DeviceFactory(user=person)

    with django_assert_max_num_queries(12):
        page = text_of(administrator, "/pools/many/users/")

    assert "1–100 of 101" in page
    assert "101 devices" in page


def test_users_are_narrowed_by_how_they_begin(administrator: Client) -> None:
    pool = PoolFactory(slug="acme")
    TravelerUserFactory(name="CN=Ada Lovelace/O=Acme", pool=pool)
    TravelerUserFactory(name="CN=Grace Hopper/O=Acme", pool=pool)

    page = text_of(administrator, "/pools/acme/users/?begins=ADA")

    assert "Ada Lovelace" in page
    assert "Grace Hopper" not in page


def test_the_database_tab_shows_the_jdbc_url_and_never_the_password(
    world: World, administrator: Client
) -> None:
    page = text_of(administrator, "/pools/acme-eu/database/")

    assert "jdbc:postgresql://db.acme.example:5432/traveler" in page
    assert "secret-of-a-database" not in page
    assert "Ask a DBA." in page


def test_a_pool_is_added_and_the_act_is_on_record(administrator: Client) -> None:
    database = DatabaseConfigurationFactory()

    response = administrator.post(
        "/pools/add/",
        {"name": "Acme EU", "external_url": "https://t.acme.example", "database": database.pk},
        follow=True,
    )

    assert response.redirect_chain[-1][0] == "/pools/acme-eu/"
    assert "Acme EU is added" in response.content.decode()
    assert AuditEntry.objects.get().action == "create_pool"


def test_a_refused_pool_keeps_what_was_typed(administrator: Client) -> None:
    response = administrator.post("/pools/add/", {"name": "Acme EU", "external_url": "not an url"})

    page = collapsed(response.text)
    assert response.status_code == 422
    assert 'value="Acme EU"' in page
    assert 'value="not an url"' in page
    assert "Nothing was saved" in page
    assert not Pool.objects.exists()


def test_a_name_that_is_taken_is_said_in_words_of_ours(world: World, administrator: Client) -> None:
    response = administrator.post("/pools/add/", {"name": "Acme EU"})

    assert "Another pool has this name." in response.content.decode()


def test_a_database_serves_one_pool_only(world: World, administrator: Client) -> None:
    page = text_of(administrator, "/pools/add/")

    assert world.database.name not in page


def test_a_probe_user_can_be_chosen_and_taken_away(world: World, administrator: Client) -> None:
    login = LoginFactory(name="Probe of Acme")
    data = {
        "name": world.pool.name,
        "external_url": world.pool.external_url,
        "database": world.database.pk,
        "heartbeat_seconds": 60,
    }
    page = text_of(administrator, "/pools/acme-eu/edit/")

    assert "Probe user" in page
    assert "Probe of Acme" in page
    for chosen in (login, None):
        typed_again = {f"password_of_login_{login.pk}": login.password}
        choice = {"probe_login": chosen.pk, **typed_again} if chosen else {}
        administrator.post("/pools/acme-eu/edit/", data | choice)
        world.pool.refresh_from_db()
        assert world.pool.probe_login == chosen


def test_a_pool_is_changed(world: World, administrator: Client) -> None:
    administrator.post(
        "/pools/acme-eu/edit/",
        {
            "name": "Acme Europe",
            "external_url": "https://t.acme.example",
            "database": world.database.pk,
            "heartbeat_seconds": 90,
        },
    )

    world.pool.refresh_from_db()
    assert (world.pool.name, world.pool.slug, world.pool.heartbeat_seconds) == (
        "Acme Europe",
        "acme-eu",
        90,
    )
