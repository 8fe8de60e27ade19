"""Real servers on the loopback: an SSH host, a TLS authority, ports that are closed or silent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pools.gateways.shell import Shell, SshLogin
from tests.pools.gateways.ssh_host import PASSWORD, USERNAME, SshHost

# A busy machine is no fault of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SshHost]:
    """A host whose commands run in a real shell."""
    with SshHost(tmp_path / "host") as running:
        yield running


@pytest.fixture
def login(host: SshHost) -> SshLogin:
    """The right password for `host`, and no key recorded yet."""
    return SshLogin("127.0.0.1", host.port, USERNAME, password=PASSWORD)


@pytest.fixture
def shell(login: SshLogin) -> Iterator[Shell]:
    """An open connection to `host`."""
    with Shell(login) as opened:
        yield opened


@pytest.fixture
def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]
