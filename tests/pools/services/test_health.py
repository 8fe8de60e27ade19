"""The health sweep against real API hosts, dead ports and silent ones."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from console.supervision.ports import free_port
from pools.gateways.rest import AdminApi
from pools.models import Reading, Server, StatusChange
from pools.services import health
from pools.services.health import sweep_health
from pools.services.hosts import admin_api_of
from pools.states import Availability, HealthValue, OverallStatus
from tests.factories import PoolFactory
from tests.pools.gateways.api_host import ApiHost, Reply
from tests.pools.services.conftest import api_server, lists, server_row

pytestmark = pytest.mark.django_db

ONE = "CN=trav1/O=Acme"
TWO = "CN=trav2/O=Acme"


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


def test_a_healthy_server_is_read(api: ApiHost) -> None:
    lists(api, "servers", server_row("CN=TRAV1/O=Acme"))
    server = api_server(api, domino_name=ONE)

    sweep = sweep_health()

    server.refresh_from_db()
    assert (sweep.asked, sweep.answered) == (1, 1)
    assert server.availability == Availability.AVAILABLE
    assert server.availability_index == 87
    assert server.constrained is False
    assert server.users == 12
    assert server.heartbeat_at is not None
    assert server.failure == ""
    assert not server.is_stale
    reading = Reading.objects.get(server=server)
    assert reading.latency_ms is not None
    assert reading.overall_status == OverallStatus.UNKNOWN


@pytest.mark.parametrize(
    ("index", "constrained"), [(100, False), (0, False), (-1, True), (-100, True), (-200, None)]
)
def test_constrained_is_what_the_vendor_calls_so(
    api: ApiHost, index: int, constrained: bool | None
) -> None:
    lists(api, "servers", server_row(ONE, availability_index=index))
    server = api_server(api, domino_name=ONE)

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.AVAILABLE
    assert (server.availability_index, server.constrained) == (index, constrained)


def test_a_dead_server_is_unavailable_within_one_sweep() -> None:
    server = api_server(
        f"http://127.0.0.1:{free_port()}", domino_name=ONE, healthy=True, users=2_100
    )

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.UNAVAILABLE
    assert server.availability_index is None
    assert server.constrained is None
    assert "127.0.0.1" in server.failure
    # What it is not asked for here, or was true of it before, stays.
    assert server.overall_status == OverallStatus.GREEN
    assert server.users == 2_100
    change = StatusChange.objects.get(server=server, value=HealthValue.AVAILABILITY)
    assert (change.old, change.new) == ("available", "unavailable")
    assert change.reason == server.failure
    assert server.changed_at == change.at


def test_the_pool_still_tells_when_it_last_saw_a_dead_server(api: ApiHost) -> None:
    pool = PoolFactory()
    lists(api, "servers", server_row(ONE), server_row(TWO, availability_index=50))
    api_server(api, domino_name=ONE, pool=pool)
    dead = api_server(f"http://127.0.0.1:{free_port()}", domino_name=TWO, pool=pool)

    sweep_health()

    dead.refresh_from_db()
    assert dead.availability == Availability.UNAVAILABLE
    assert dead.availability_index is None
    assert dead.heartbeat_at is not None


def test_a_server_that_refuses_the_login_is_known_through_its_pool(api: ApiHost) -> None:
    pool = PoolFactory()
    lists(api, "servers", server_row(ONE), server_row(TWO, availability_index=50))
    api_server(api, domino_name=ONE, pool=pool)
    with ApiHost() as other:
        refusing = api_server(other, domino_name=TWO, pool=pool)
        other.routes["/api/traveler/servers"] = lambda _path: Reply(403)
        sweep_health()

    refusing.refresh_from_db()
    assert refusing.availability == Availability.AVAILABLE
    assert refusing.availability_index == 50
    assert "Administrator role" in refusing.failure
    assert refusing.seen_at is None


def test_an_unusable_answer_alone_says_nothing_about_availability(api: ApiHost) -> None:
    api.routes["/api/traveler/servers"] = lambda _path: Reply(403)
    server = api_server(api, domino_name=ONE, healthy=True)

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.UNKNOWN


def test_a_list_without_the_server_is_said(api: ApiHost) -> None:
    lists(api, "servers", server_row(TWO))
    server = api_server(api, domino_name=ONE)

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.UNKNOWN
    assert f"does not name {ONE}" in server.failure


def test_a_status_word_in_another_language_is_not_guessed(api: ApiHost) -> None:
    lists(api, "servers", server_row(ONE, server_status="Verfügbar"))
    server = api_server(api, domino_name=ONE)

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.UNKNOWN
    assert "Verfügbar" in server.failure


def test_one_odd_host_does_not_stop_the_sweep(
    api: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists(api, "servers", server_row(ONE))
    good, half = api_server(api, domino_name=ONE), api_server("https://[half", domino_name=TWO)
    odd = api_server(api, domino_name="CN=odd/O=Acme")

    def api_of(server: Server, *, timeout: float) -> AdminApi:
        if server == odd:
            raise ZeroDivisionError
        return admin_api_of(server, timeout=timeout)

    monkeypatch.setattr(health, "admin_api_of", api_of)

    assert sweep_health().asked == 3

    for server in (good, half, odd):
        server.refresh_from_db()
    assert good.availability == Availability.AVAILABLE
    assert "no web address" in half.failure
    assert "ZeroDivisionError" in odd.failure
    assert odd.availability == Availability.UNKNOWN


def test_silent_hosts_delay_nobody(
    api: ApiHost, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "HOST_SECONDS", 4.0)
    monkeypatch.setattr(health, "FLUSH_SECONDS", 0.2)
    lists(api, "servers", server_row(ONE))
    quick = api_server(api, domino_name=ONE)
    for number in range(5):
        api_server(f"http://127.0.0.1:{silent_port}", domino_name=f"CN=hole{number}/O=Acme")
    announced: list[set[int]] = []
    monkeypatch.setattr(
        health, "announce_servers", lambda servers: announced.append({each.pk for each in servers})
    )

    sweep_health()

    # It was written while all of the others were still waited for.
    assert announced[0] == {quick.pk}
    assert Server.objects.filter(availability=Availability.UNAVAILABLE).count() == 5


def test_retired_servers_are_left_alone_and_pools_can_be_chosen(api: ApiHost) -> None:
    lists(api, "servers", server_row(ONE))
    pool = PoolFactory()
    api_server(api, domino_name=ONE, pool=pool)
    api_server(api, domino_name=TWO)
    api_server(api, domino_name="CN=old/O=Acme", retired_at="2026-01-01T00:00Z", pool=pool)

    assert sweep_health([pool.pk]).asked == 1
    assert sweep_health().asked == 2


def test_no_change_is_written_when_nothing_changes(api: ApiHost) -> None:
    lists(api, "servers", server_row(ONE))
    api_server(api, domino_name=ONE)
    sweep_health()
    before = StatusChange.objects.count()

    sweep_health()

    assert StatusChange.objects.count() == before
    assert Reading.objects.count() == 2


def test_a_sweep_needs_the_same_number_of_queries_for_any_number_of_servers(
    api: ApiHost, django_assert_max_num_queries: object
) -> None:
    lists(api, "servers", *(server_row(f"CN=s{number}/O=Acme") for number in range(30)))
    for number in range(30):
        api_server(api, domino_name=f"CN=s{number}/O=Acme")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        sweep_health()
