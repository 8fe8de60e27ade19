"""One odd row stops nobody else, in every sweep."""

from __future__ import annotations

import pytest

from pools.models import DatabaseConfiguration, Pool, Server
from pools.services import databases, health, membership, readings, schema_levels
from pools.services.errors import NoReachableMember
from pools.services.health import sweep_health
from pools.services.inventory import sync_pool_inventory
from pools.services.membership import sync_all_memberships
from pools.services.status import sweep_status
from pools.services.user_details import sync_user_details
from pools.states import Availability, OverallStatus
from tests.factories import (
    DatabaseConfigurationFactory,
    PoolFactory,
    ServerFactory,
    TravelerUserFactory,
)
from tests.pools.gateways.api_host import ApiHost
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import (
    api_server,
    console_answers,
    lists,
    server_row,
    ssh_server,
)

pytestmark = pytest.mark.django_db

# What rows hold that were entered before hosts were looked at: UnicodeError in each sweep.
ODD_HOSTS = ["a..b", f"{'x' * 64}.example"]
HADR = (
    "Domino Name      ID  Host Name   IP:SrvrPort,SrvltPort  Alive",
    "CN=trav1/O=Acme  1   trav1.acme  10.0.0.1:50125,50126   True",
)


@pytest.mark.parametrize("odd_host", ODD_HOSTS)
def test_the_status_sweep_goes_on(host: SshHost, odd_host: str) -> None:
    odd = ServerFactory(domino_name="CN=a/O=Acme", ssh_host=odd_host)
    good = ssh_server(host, domino_name="CN=b/O=Acme")
    console_answers(host, "tell traveler status", "HCL Traveler overall status is GREEN")

    assert sweep_status() == 1

    good.refresh_from_db()
    odd.refresh_from_db()
    assert good.overall_status == OverallStatus.GREEN
    assert odd.overall_status == OverallStatus.UNKNOWN
    assert "UnicodeError" in odd.status_failure
    assert odd.ssh_login.password not in odd.status_failure


@pytest.mark.parametrize("odd_host", ODD_HOSTS)
def test_the_members_are_read_through_the_next_server(
    host: SshHost, odd_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, other = PoolFactory(), PoolFactory()
    ServerFactory(pool=pool, domino_name="CN=a/O=Acme", ssh_host=odd_host)
    ssh_server(host, pool=pool, domino_name="CN=trav1/O=Acme")
    ServerFactory(pool=other, ssh_host=odd_host)
    console_answers(host, "tell traveler hadr show", *HADR)
    announced: list[int] = []
    monkeypatch.setattr(membership, "announce_pools", announced.extend)

    sync_all_memberships([other, pool])

    assert announced == [other.pk, pool.pk]
    assert pool.members.count() == 1
    other.refresh_from_db()
    assert "UnicodeError" in other.members_failure


def test_a_user_is_asked_for_at_the_next_server(host: SshHost) -> None:
    pool = PoolFactory()
    ServerFactory(pool=pool, domino_name="CN=a/O=Acme", ssh_host="a..b")
    ssh_server(host, pool=pool, domino_name="CN=b/O=Acme")
    user = TravelerUserFactory(pool=pool, name="CN=Ada/O=Acme")
    console_answers(host, "tell traveler user CN=Ada/O=Acme", "Canonical Name: CN=Ada/O=Acme")

    assert sync_user_details(user).canonical_name == "CN=Ada/O=Acme"


def test_an_answer_that_cannot_be_saved_is_that_servers_alone(
    api: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = api_server(api, domino_name="CN=trav1/O=Acme")
    odd = api_server(api, domino_name="CN=trav2/O=Acme")
    lists(api, "servers", server_row("CN=trav1/O=Acme"), server_row("CN=trav2/O=Acme"))
    save = readings.save_observations

    def refuse_odd(observed: object) -> None:
        pairs = list(observed)  # type: ignore[call-overload]
        if any(server.pk == odd.pk and seen.answered for server, seen in pairs):
            raise ValueError("no such number")
        save(pairs)

    monkeypatch.setattr(health, "save_observations", refuse_odd)

    sweep_health()

    good.refresh_from_db()
    odd.refresh_from_db()
    assert good.availability == Availability.AVAILABLE
    assert odd.availability == Availability.UNKNOWN
    assert "ValueError: no such number" in odd.failure


def test_an_odd_line_of_the_list_of_servers_hides_no_other(api: ApiHost) -> None:
    server = api_server(api, domino_name="CN=trav1/O=Acme")
    lists(api, "servers", {"domino_name": ""}, server_row("CN=trav1/O=Acme"))

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.AVAILABLE


def test_an_inventory_says_which_error_nobody_foresaw(
    api: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = PoolFactory()
    server = api_server(api, pool=pool)
    Server.objects.filter(pk=server.pk).update(api_url="http://[::1")

    with pytest.raises(NoReachableMember):
        sync_pool_inventory(pool)

    assert Pool.objects.get(pk=pool.pk).inventory_failure


def test_a_check_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = DatabaseConfigurationFactory(password="geheim-1")

    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("driver broke over geheim-1")

    monkeypatch.setattr(databases, "run_checks", broken)
    monkeypatch.setattr(schema_levels, "open_connection", broken)

    (finding,) = databases.check_database(configuration)
    schema_levels.read_level(configuration)

    assert not finding.passed
    assert "RuntimeError: driver broke over" in finding.seen
    assert "geheim-1" not in finding.seen
    level = DatabaseConfiguration.objects.get(pk=configuration.pk).schema_level_failure
    assert "RuntimeError" in level
    assert "geheim-1" not in level
