"""Devices in a pool: owners, forwarding, and what happens when servers leave (domain.md 5)."""

from __future__ import annotations

from collections.abc import Iterator
from time import time

import httpx
import pytest

from pools.lab.faults import set_fault
from pools.lab.people import DeviceIdentity
from tests.lab_fixture import RunningLab
from tests.pools.lab.phones import Phone, phones_of
from tests.waiting import wait_until

TRAV1, TRAV2 = "CN=trav1/O=Acme", "CN=trav2/O=Acme"


@pytest.fixture(scope="module")
def phones(pool_lab: RunningLab) -> Iterator[Phone]:
    return phones_of(pool_lab)


@pytest.fixture
def constrained(pool_lab: RunningLab) -> Iterator[None]:
    for name in ("trav1", "trav2"):
        set_fault(pool_lab.directory, pool_lab.host(name), "constrained", active=True)
    yield
    for name in ("trav1", "trav2"):
        set_fault(pool_lab.directory, pool_lab.host(name), "constrained", active=False)


def until_available(lab: RunningLab) -> None:
    """Until both servers have said so with a heartbeat of after this call.

    A server that has just refused a forwarded request is left out until its next heartbeat.
    """
    called = time() * 1000

    def both_available() -> bool:
        url = f"{lab.host('trav1').base_url}/api/traveler/servers"
        servers = httpx.get(url, auth=lab.administrator, timeout=20).json()["data"]
        return all(
            server["heart_beat"] > called and server["availability_index"] >= 60
            for server in servers
        )

    wait_until(both_available)


def test_a_new_user_is_owned_by_the_server_that_was_asked(phones: Iterator[Phone]) -> None:
    assert next(phones).owner("trav2") == TRAV2


def test_the_owner_stays_and_others_forward_to_it(phones: Iterator[Phone]) -> None:
    phone = next(phones)
    assert phone.owner("trav1") == TRAV1
    answer = phone.sync("trav2").json()
    assert (answer["served_by"], answer["forwarded"]) == (TRAV1, True)


def test_a_new_device_syncs_for_the_first_time(pool_lab: RunningLab) -> None:
    identity = DeviceIdentity("CN=Neu Ümit/O=Acme", "NEW1", "Apple", "Apple-iPhone15", 0)
    phone = Phone(pool_lab, identity, 0)
    assert phone.sync("trav1").json()["sync"] == "first"
    assert phone.sync("trav2").json()["sync"] == "normal"


def test_a_lost_answer_is_repeated(phones: Iterator[Phone]) -> None:
    phone = next(phones)
    before = phone.anchor
    after = phone.sync("trav1").json()["anchor"]
    phone.anchor = before
    answer = phone.sync("trav2").json()
    assert (answer["sync"], answer["anchor"]) == ("repeated", after)


def test_a_device_whose_state_is_lost_needs_a_recovery_sync(phones: Iterator[Phone]) -> None:
    """What the other tests say never happens can happen, and is seen when it does."""
    phone = next(phones)
    phone.anchor += 7
    assert phone.sync("trav1").json()["sync"] == "recovery"


@pytest.mark.usefixtures("constrained")
def test_a_constrained_pool_answers_503(phones: Iterator[Phone]) -> None:
    response = next(phones).sync("trav1")
    assert response.status_code == 503
    assert "constrained" in response.json()["reason"]


def test_a_constrained_server_is_yellow_with_the_reason(
    pool_lab: RunningLab, constrained: None
) -> None:
    status = pool_lab.console("trav1", "tell traveler status")
    assert "Yellow Status Messages" in status
    assert "constrained" in status


def test_a_drained_server_hands_its_users_over(
    pool_lab: RunningLab, phones: Iterator[Phone]
) -> None:
    until_available(pool_lab)
    phone = next(phones)
    assert phone.owner("trav1") == TRAV1
    assert "-200" in pool_lab.console("trav1", "tell traveler available off")
    assert phone.owner("trav1") == TRAV2
    assert "CN=trav1/O=Acme" in pool_lab.console("trav2", "tell traveler hadr show")
    pool_lab.console("trav1", "tell traveler available on")
    assert phone.owner("trav1") == TRAV2, "no switch within ten minutes"


def test_a_device_needs_its_password(pool_lab: RunningLab) -> None:
    url = f"{pool_lab.host('trav1').base_url}/traveler/sync"
    assert httpx.post(url, auth=("x", "y")).status_code == 401


def test_after_a_kill_the_other_server_takes_over_without_recovery(
    pool_lab: RunningLab, phones: Iterator[Phone]
) -> None:
    until_available(pool_lab)
    phone = next(phones)
    assert phone.owner("trav1") == TRAV1
    pool_lab.kill("trav1")
    # At once: the forward fails, long before the heartbeat is late.
    assert phone.owner("trav2") == TRAV2

    wait_until(lambda: "False" in pool_lab.console("trav2", "tell traveler hadr show"))
    assert "not deleted" in pool_lab.console("trav2", "tell traveler hadr delete " + TRAV2)
    deleted = pool_lab.console("trav2", "tell traveler hadr delete trav1/Acme")
    assert "has been deleted" in deleted
    assert TRAV1 not in pool_lab.console("trav2", "tell traveler hadr show")

    pool_lab.restart("trav1")
    assert TRAV1 in pool_lab.console("trav2", "tell traveler hadr show")
    assert phone.sync("trav1").json()["sync"] == "normal"


def test_a_user_is_shown_with_master_and_devices(
    pool_lab: RunningLab, phones: Iterator[Phone]
) -> None:
    phone = next(phones)
    owner = phone.owner("trav2")
    shown = pool_lab.console("trav1", f"tell traveler user {phone.identity.username}")
    assert f"Canonical Name: {phone.identity.username}" in shown
    assert f"Master Server: {owner}" in shown
    assert phone.identity.device_id in shown
