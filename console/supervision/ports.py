"""The ports of one installation: chosen once, kept, and checked before anything starts."""

from __future__ import annotations

import json
import socket
from pathlib import Path


class PortTaken(Exception):
    """Another program listens on a port that this console needs."""


def free_port() -> int:
    """A loopback TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def remembered_port(directory: Path, name: str) -> int:
    """The port this installation uses for `name`; a free one the first time."""
    file = directory / "ports.json"
    ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    if name not in ports:
        ports[name] = free_port()
        file.write_text(json.dumps(ports, indent=2))
    return ports[name]


def require_free(port: int, what: str, remedy: str) -> None:
    """Raise `PortTaken` when something listens on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTaken(
                f"Port {port} for {what} is taken by another program. {remedy}"
            ) from None
