"""The probe device of the last step: where it asks, and what its answer does to the step."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial

import pytest

from console.supervision.ports import free_port
from migrations_ui.models import Migration
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.probes import device_probe
from migrations_ui.steps.probes.device_probe import sync_probe_device
from migrations_ui.transfer.control import Unattended
from pools.gateways.probe import ProbeDevice
from tests.factories import CommandProfileFactory, LoginFactory, PoolFactory, ServerFactory
from tests.migrations_ui.factories import MigrationFactory
from tests.pools.gateways.api_host import PASSWORD, USERNAME, ApiHost, Reply

pytestmark = pytest.mark.django_db


class Lines:
    """A journal that keeps what it is given."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Level]] = []

    def log(self, text: str, *, level: Level = Level.INFO) -> None:
        self.said.append((text, level))

    def progress(self, done: int, total: int, unit: str) -> None:
        raise AssertionError("a probe cannot be counted")


@pytest.fixture
def web() -> Iterator[ApiHost]:
    """What answers at the external URL, or at the server's own."""
    with ApiHost() as host:
        host.routes["/sync"] = lambda _path: Reply()
        yield host


@pytest.fixture
def migration(web: ApiHost) -> Migration:
    """The external URL answers; at the server's own nobody would."""
    return MigrationFactory(
        confirmed=True,
        server=ServerFactory(
            domino_name="CN=trav4/O=Acme",
            api_url=f"http://127.0.0.1:{free_port()}",
            profile=CommandProfileFactory(
                name="Ours", probe_request="POST /sync?user={user}&device={device}"
            ),
        ),
        pool=PoolFactory(
            name="Acme EU",
            external_url=f"{web.url}/traveler",
            probe_login=LoginFactory(username=USERNAME, password=PASSWORD),
        ),
    )


def probe(migration: Migration) -> list[tuple[str, Level]]:
    journal = Lines()
    sync_probe_device(
        StepContext(migration, journal, Unattended(), ticking=lambda _tick: nullcontext())
    )
    return journal.said


def failure_of(migration: Migration) -> str:
    with pytest.raises(StepFailed) as caught:
        probe(migration)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_the_device_asks_the_external_url(migration: Migration, web: ApiHost) -> None:
    [(text, level)] = probe(migration)
    assert web.requests == ["/sync?user=Traveler%20Admin&device=LifeguardProbe"]
    assert level == Level.INFO
    assert "LifeguardProbe has synced" in text
    assert "Acme EU from now on" in text


def test_where_the_external_url_does_not_lead_the_server_is_asked(
    migration: Migration, web: ApiHost
) -> None:
    migration.server.api_url = web.url
    migration.pool.external_url = f"http://127.0.0.1:{free_port()}/traveler"
    (warning, level), (success, _) = probe(migration)
    assert level == Level.WARNING
    assert "cannot be asked from here" in warning
    assert "asks trav4/Acme itself" in warning
    assert web.url in success


@pytest.mark.parametrize("lacking", ["request", "user"])
def test_without_a_configured_probe_the_log_says_how_to_get_one(
    migration: Migration, web: ApiHost, lacking: str
) -> None:
    if lacking == "request":
        migration.server.profile.probe_request = ""
    else:
        migration.pool.probe_login = None
    [(text, level)] = probe(migration)
    assert level == Level.WARNING
    assert ("in the command profile “Ours”" in text) == (lacking == "request")
    assert ("a probe user in Acme EU" in text) == (lacking == "user")
    assert web.requests == []


def test_a_refused_login_fails_the_step_and_names_the_login(
    migration: Migration, web: ApiHost
) -> None:
    migration.pool.probe_login = LoginFactory(name="Probe", username=USERNAME, password="old")
    failure = failure_of(migration)
    assert "HTTP 401" in failure
    assert "login “Probe”" in failure
    assert len(web.requests) == 1


def test_a_path_that_is_not_there_points_to_the_profile(migration: Migration, web: ApiHost) -> None:
    web.routes.clear()
    assert "command profile “Ours”" in failure_of(migration)


def test_a_busy_server_is_asked_again(
    migration: Migration, web: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_probe, "PAUSE_SECONDS", 0)
    web.routes["/sync"] = lambda _path: Reply(503 if len(web.requests) < 3 else 200)
    assert len(probe(migration)) == 1
    assert len(web.requests) == 3


def test_a_server_that_stays_busy_fails_the_step(
    migration: Migration, web: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_probe, "PAUSE_SECONDS", 0)
    web.routes["/sync"] = lambda _path: Reply(503)
    assert "HTTP 503" in failure_of(migration)
    assert len(web.requests) == device_probe.TRIES


def test_no_answer_after_the_connection_fails_the_step(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_probe, "ProbeDevice", partial(ProbeDevice, timeout=0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        migration.pool.external_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        failure = failure_of(migration)
    assert "No answer within 0.2 s" in failure
    assert "roll back" in failure
