"""The overall status, read from real consoles over SSH."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from console.supervision.ports import free_port
from pools.models import Server, StatusChange
from pools.services import status
from pools.services.status import sweep_status
from pools.states import Availability, OverallStatus
from tests.factories import ServerFactory
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import console_answers, ssh_server

# Answers are saved in this thread, but the questions are asked in others.
pytestmark = pytest.mark.django_db

REASON = "User CN=Ada/O=Acme on thread DS-12 has been running for 34 minutes."
COMMAND = "tell traveler status"


def unreachable_server(**fields: object) -> Server:
    return ServerFactory(ssh_host="127.0.0.1", ssh_port=free_port(), **fields)


def test_reasons_are_kept_and_the_other_values_are_left_alone(
    host: SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ssh_server(host, healthy=True)
    console_answers(
        host,
        COMMAND,
        "Yellow Status Messages",
        REASON,
        "The overall status of HCL Traveler is Yellow.",
    )
    announced: list[Server] = []
    monkeypatch.setattr(status, "announce_servers", announced.extend)

    assert sweep_status() == 1

    server.refresh_from_db()
    assert server.overall_status == OverallStatus.YELLOW
    assert server.reasons == [REASON]
    assert server.status_seen_at is not None
    assert (server.availability, server.availability_index) == (Availability.AVAILABLE, 87)
    change = StatusChange.objects.get(server=server)
    assert (change.old, change.new, change.reason) == ("green", "yellow", REASON)
    assert announced == [server]


def test_the_host_key_is_recorded_at_first_use(host: SshHost) -> None:
    server = ssh_server(host)
    console_answers(host, COMMAND, "HCL Traveler overall status is GREEN.")

    sweep_status()

    server.refresh_from_db()
    assert server.host_key == host.host_key.export_public_key().decode().strip()
    assert server.host_key_seen_at is not None


def test_a_status_outlives_one_failure_but_not_many() -> None:
    now = timezone.now()
    fresh = unreachable_server(healthy=True, status_seen_at=now - timedelta(minutes=3))
    old = unreachable_server(healthy=True, status_seen_at=now - timedelta(minutes=30))

    assert sweep_status() == 0

    fresh.refresh_from_db()
    old.refresh_from_db()
    assert fresh.overall_status == OverallStatus.GREEN
    assert old.overall_status == OverallStatus.UNKNOWN
    assert "127.0.0.1" in fresh.status_failure
    # The API's failure is another column: one never hides the other.
    assert old.failure == ""


def test_an_answer_without_a_status_says_so(host: SshHost) -> None:
    server = ssh_server(host)
    console_answers(host, COMMAND, "Traveler: something else")

    sweep_status()

    server.refresh_from_db()
    assert server.overall_status == OverallStatus.UNKNOWN
    assert server.status_failure == "Its answer names no overall status."
