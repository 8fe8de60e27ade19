"""The overview: is anything wrong, where, since when; and how much it may cost."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pools.models import Server
from tests.factories import PoolFactory, ReadingFactory, ServerFactory

BUDGET_QUERIES = 12


def text_of(client: Client, address: str = "/") -> str:
    return client.get(address).content.decode()


def test_an_empty_console_says_what_to_do_first(administrator: Client) -> None:
    page = text_of(administrator)

    assert "Nothing is monitored yet" in page
    assert "/logins/add/" in page


def test_a_pool_shows_each_server_with_shape_word_and_figure(administrator: Client) -> None:
    pool = PoolFactory(name="Acme EU", user_count=4_200, device_count=6_802)
    ServerFactory(pool=pool, domino_name="CN=trav1/O=Acme", healthy=True)
    ServerFactory(pool=pool, domino_name="CN=trav2/O=Acme", busy=True)

    page = text_of(administrator)

    assert "1 pool" in page
    assert "1 problem" in page
    assert "1 constrained, 1 available" in page
    assert "−12" in page
    assert "4,200" in page
    assert "6,802" in page


def test_a_stale_pool_is_not_green(administrator: Client) -> None:
    ServerFactory(pool=PoolFactory(), unwatched=True)

    page = text_of(administrator)

    assert "attn-unknown" in page
    assert "attn-good" not in page
    assert "stale, last seen" in page


def test_a_standalone_server_offers_its_migration(administrator: Client) -> None:
    server = ServerFactory(healthy=True)

    assert f"/migrations/new/{server.pk}/" in text_of(administrator)


def test_fifty_pools_of_eight_servers_cost_a_dozen_queries(
    administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fifty_pools_of_eight()

    with django_assert_max_num_queries(BUDGET_QUERIES):
        text_of(administrator)


def fifty_pools_of_eight() -> None:
    pattern = ServerFactory(healthy=True)
    for pool in PoolFactory.create_batch(50):
        Server.objects.bulk_create(
            ServerFactory.build(
                pool=pool,
                healthy=True,
                profile=pattern.profile,
                ssh_login=pattern.ssh_login,
                api_login=pattern.api_login,
            )
            for _ in range(8)
        )


def test_the_chart_draws_the_last_hour(administrator: Client) -> None:
    server = ServerFactory(pool=PoolFactory(slug="acme-eu"))
    for minute in range(0, 60, 5):
        taken_at = timezone.now() - timedelta(minutes=minute)
        ReadingFactory(server=server, taken_at=taken_at, availability_index=50)

    response = administrator.get("/pools/acme-eu/index.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert "private" in response["Cache-Control"]
    assert response.content.decode().count("<path") == 2


def test_a_chart_without_readings_is_an_empty_line(administrator: Client) -> None:
    PoolFactory(slug="acme-eu")

    assert administrator.get("/pools/acme-eu/index.svg").content.decode().count("<path") == 1
