"""A request whose head does not come is cut: a real server, real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from console import http_protocol
from console.supervision.programs import console_programs
from tests.waiting import wait_until

# Far longer than the head may take: only a connection that is never cut comes so far.
PATIENCE = 60
WHOLE = b"GET /%s HTTP/1.1\r\nHost: here\r\n\r\n"


class App:
    """Answers at once, or when it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/wait":
            await self.go.wait()
        elif scope["path"] == "/go":
            self.go.set()
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.2)
    web = next(program for program in console_programs(port=1) if program.name == "web")
    http = web.command[web.command.index("--http") + 1]
    config = uvicorn.Config(
        App(), host="127.0.0.1", port=0, http=http, lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    yield host, port
    server.should_exit = True
    thread.join()


def opened(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=PATIENCE)


def is_answered(connection: socket.socket) -> bool:
    said = b""
    while not said.endswith(b"\r\n\r\nok"):
        more = connection.recv(1000)
        if not more:
            return False
        said += more
    return True


def is_cut(connection: socket.socket) -> bool:
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: here\r\nX-A: b"])
def test_half_a_head_is_cut(address: tuple[str, int], sent: bytes) -> None:
    with opened(address) as connection:
        connection.sendall(sent)
        assert is_cut(connection)


@pytest.mark.parametrize("sent", [b"GET / HT", b"\r\n"])
def test_half_a_head_behind_a_whole_request_is_cut(address: tuple[str, int], sent: bytes) -> None:
    with opened(address) as connection:
        connection.sendall(WHOLE % b"")
        assert is_answered(connection)
        connection.sendall(sent)
        assert is_cut(connection)


def test_an_answer_may_take_longer_than_a_head(address: tuple[str, int]) -> None:
    with opened(address) as slow, opened(address) as half, opened(address) as other:
        slow.sendall(WHOLE % b"wait")
        half.sendall(b"GET")
        assert is_cut(half)
        assert is_cut(other)
        with opened(address) as last:
            last.sendall(WHOLE % b"go")
            assert is_answered(last)
        assert is_answered(slow)
