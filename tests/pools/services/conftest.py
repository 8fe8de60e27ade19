"""Servers in the console that lead to real hosts on the loopback."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from pools.gateways import console as console_module
from pools.models import Server
from tests.factories import CommandProfileFactory, LoginFactory, PoolFactory, ServerFactory
from tests.pools.gateways.api_host import PASSWORD as API_PASSWORD
from tests.pools.gateways.api_host import USERNAME as API_USERNAME
from tests.pools.gateways.api_host import ApiHost, envelope
from tests.pools.gateways.ssh_host import PASSWORD, USERNAME, SshHost


@pytest.fixture(autouse=True)
def consoles_fall_silent_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_module, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(console_module, "POLL_SECONDS", 0.02)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SshHost]:
    """A host whose commands run in a real shell."""
    with SshHost(tmp_path / "host") as running:
        yield running


@pytest.fixture
def api() -> Iterator[ApiHost]:
    """An administration API; say what it lists with `lists`."""
    with ApiHost() as running:
        yield running


def lists(api: ApiHost, resource: str, *items: dict[str, object]) -> None:
    """Let the API list these items from now on."""
    api.routes[f"/api/traveler/{resource}"] = lambda _path: envelope(
        list(items), totalRecords=len(items)
    )


def server_row(name: str, **changes: object) -> dict[str, object]:
    """One item of `/api/traveler/servers` (domain.md 3.1)."""
    return {
        "domino_name": name,
        "availability_index": 87,
        "number_of_users": 12,
        "heart_beat": 1_763_805_600_000,
        "hostname": "trav1.acme.example",
        "ip_address": "10.0.0.5",
        "port": "80",
        "server_status": "Available",
        **changes,
    }


def api_server(api: ApiHost | str, **fields: object) -> Server:
    """A server whose API is there."""
    url = api if isinstance(api, str) else api.url
    login = LoginFactory(username=API_USERNAME, password=API_PASSWORD)
    return ServerFactory(api_url=url, api_login=login, **fields)


def ssh_server(host: SshHost, **fields: object) -> Server:
    """A server whose console is there: a start script that runs what the test puts into it."""
    data = host.directory / "data"
    data.mkdir(exist_ok=True)
    profile = CommandProfileFactory(
        data_directory=str(data),
        program_directory=str(host.programs),
        console_command='domino cmd "{command}" {lines}',
        traveler_util="travelerUtil",
    )
    login = LoginFactory(username=USERNAME, password=PASSWORD)
    return ServerFactory(
        profile=profile, ssh_host="127.0.0.1", ssh_port=host.port, ssh_login=login, **fields
    )


def console_answers(host: SshHost, command: str, *lines: str) -> None:
    """Let `domino cmd` print this answer, as the end of its log."""
    printed = " ".join(shlex.quote(line) for line in (f"> {command}", *lines))
    host.program("domino", f"printf '%s\\n' {printed}")


@pytest.fixture
def pool() -> object:
    return PoolFactory(name="Acme EU")
