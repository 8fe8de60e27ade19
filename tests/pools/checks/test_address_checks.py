"""What `db check` says of an address: a host, a port, and which server is there."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from pools.checks.database import run_checks
from pools.databases.connection import DatabaseLogin
from tests.pools.checks.reports import last_line


@contextmanager
def speaking(greeting: bytes, reply: bytes = b"") -> Iterator[int]:
    """A server that greets, and answers whatever it is sent."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(greeting)
            while self.request.recv(1024):
                self.request.sendall(reply)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """The client may go away at any time."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_an_unresolvable_name(database_login: DatabaseLogin) -> None:
    report = run_checks(replace(database_login, host="no-such-host.invalid"))

    assert last_line(report) == ("host", False)
    assert "cannot be resolved" in report.results[-1].seen
    assert not report.reachable


def test_a_closed_port(database_login: DatabaseLogin) -> None:
    report = run_checks(replace(database_login, port=free_port()))

    assert last_line(report) == ("port", False)
    assert "nothing listens" in report.results[-1].seen


def test_redis_behind_the_port(database_login: DatabaseLogin, redis: EmbeddedRedis) -> None:
    report = run_checks(replace(database_login, port=redis.port))

    assert last_line(report) == ("engine", False)
    assert "Redis answers there" in report.results[-1].seen


@pytest.mark.parametrize(
    ("greeting", "reply", "title"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", b"", "an SSH server"),
        (b"\x4a\x00\x00\x00\x0a10.11.6-MariaDB\x00", b"", "MySQL or MariaDB"),
        (b"\x45\x00\x00\x00\xff\x6a\x04Host is not allowed", b"", "MySQL or MariaDB"),
        (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", "a web server"),
    ],
)
def test_another_server_behind_the_port(
    database_login: DatabaseLogin, greeting: bytes, reply: bytes, title: str
) -> None:
    with speaking(greeting, reply) as port:
        report = run_checks(replace(database_login, port=port))

    assert last_line(report) == ("engine", False)
    assert f"{title} answers there" in report.results[-1].seen


def test_postgresql_where_mysql_was_chosen(database_login: DatabaseLogin) -> None:
    report = run_checks(replace(database_login, engine="mysql"))

    assert last_line(report) == ("engine", False)
    assert "is not MySQL: PostgreSQL answers there" in report.results[-1].seen
