"""`hadr show` of a pool, through whichever member answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from console.supervision.ports import free_port
from pools.services import membership
from pools.services.errors import NoReachableMember
from pools.services.membership import read_heartbeat, sync_membership
from tests.factories import PoolFactory, PoolMemberFactory, ServerFactory
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import console_answers, ssh_server

pytestmark = pytest.mark.django_db

COMMAND = "tell traveler hadr show"
TABLE = (
    "Domino Name      ID  Host Name   IP:SrvrPort,SrvltPort  Alive  Availability Index  Version",
    "CN=trav1/O=Acme  1   trav1.acme  10.0.0.1:50125,50126   True   87                  14.5.0.1",
    "CN=trav2/O=Acme  2   trav2.acme  10.0.0.2:50125,50126   False  -12                 14.5.0.1",
)


def test_a_dead_member_is_passed_over_and_the_rows_are_replaced(host: SshHost) -> None:
    pool = PoolFactory(members_failure="an old failure")
    PoolMemberFactory(pool=pool, domino_name="CN=gone/O=Acme")
    ServerFactory(pool=pool, domino_name="CN=a/O=Acme", ssh_host="127.0.0.1", ssh_port=free_port())
    server = ssh_server(host, pool=pool, domino_name="CN=trav1/O=Acme", traveler_version="")
    console_answers(host, COMMAND, *TABLE)

    sync_membership(pool)

    pool.refresh_from_db()
    assert pool.members_failure == ""
    assert pool.members_seen_at is not None
    one, two = pool.members.all()
    assert (one.domino_name, one.server_id, one.alive) == ("CN=trav1/O=Acme", "1", True)
    assert (one.ip_address, one.server_port, one.servlet_port) == ("10.0.0.1", 50125, 50126)
    assert (two.alive, two.availability_index) == (False, -12)
    assert "Version: 14.5.0.1" in two.other
    server.refresh_from_db()
    assert server.traveler_version == "14.5.0.1"


def test_when_nobody_answers_the_old_rows_stay_and_the_reasons_are_kept() -> None:
    pool = PoolFactory()
    PoolMemberFactory(pool=pool)
    for name in ("CN=a/O=Acme", "CN=b/O=Acme"):
        ServerFactory(pool=pool, domino_name=name, ssh_host="127.0.0.1", ssh_port=free_port())

    with pytest.raises(NoReachableMember):
        sync_membership(pool)

    pool.refresh_from_db()
    assert pool.members.count() == 1
    assert pool.members_seen_at is None
    assert pool.members_failure.count("127.0.0.1") == 2


def test_a_pool_without_servers_says_so() -> None:
    pool = PoolFactory()
    with pytest.raises(NoReachableMember, match="no server that could be asked"):
        sync_membership(pool)


def test_an_answer_without_servers_is_a_failure(host: SshHost) -> None:
    pool = PoolFactory()
    ssh_server(host, pool=pool)
    console_answers(host, COMMAND, "Traveler: the pool is not available")

    with pytest.raises(NoReachableMember, match="names no server"):
        sync_membership(pool)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("1609459200000", datetime(2021, 1, 1, tzinfo=UTC)),
        ("2021-01-01T00:00:00Z", datetime(2021, 1, 1, tzinfo=UTC)),
        ("2021-01-01 01:00:00+01:00", datetime(2021, 1, 1, tzinfo=UTC)),
        ("2021-01-01 00:00:00", None),
        ("01/02/2021 10:00 AM", None),
        ("2021-13-45T00:00:00Z", None),
        ("", None),
    ],
)
def test_a_heartbeat_is_read_only_where_its_form_leaves_no_doubt(
    printed: str, read: datetime | None
) -> None:
    assert read_heartbeat(printed) == read


def test_an_answer_with_more_members_than_any_pool_changes_nothing(
    host: SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", 1)
    pool = PoolFactory()
    PoolMemberFactory(pool=pool, domino_name="CN=known/O=Acme")
    ssh_server(host, pool=pool)
    console_answers(host, COMMAND, *TABLE)

    with pytest.raises(NoReachableMember, match="names 2 servers"):
        sync_membership(pool)

    assert [member.domino_name for member in pool.members.all()] == ["CN=known/O=Acme"]


def test_a_pool_whose_only_server_has_left_drops_what_it_listed() -> None:
    pool = PoolFactory(members_seen_at=timezone.now(), members_failure="an old failure")
    PoolMemberFactory(pool=pool)

    with pytest.raises(NoReachableMember, match="no server that could be asked"):
        sync_membership(pool)

    pool.refresh_from_db()
    assert pool.members.count() == 0
    assert (pool.members_seen_at, pool.members_failure) == (None, membership.NO_SERVER)
