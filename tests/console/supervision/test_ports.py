from __future__ import annotations

import socket
from pathlib import Path

import pytest

from console.supervision.ports import PortTaken, remembered_port, require_free


def test_a_port_is_chosen_once(tmp_path: Path) -> None:
    first = remembered_port(tmp_path, "redis")

    assert remembered_port(tmp_path, "redis") == first
    assert remembered_port(tmp_path, "postgresql") != first


def test_a_taken_port_is_named_with_its_remedy() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=rf"Port {port} for the console is taken .* Go away\."):
            require_free(port, "the console", "Go away.")
