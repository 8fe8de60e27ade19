"""Whose X-Forwarded-For is believed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from console.asgi import application
from console.settings.security import trusted_networks


async def seen_by_the_console(peer: str, forwarded: str, trusted: list[str]) -> tuple[str, str]:
    """Address and scheme that reach the console."""
    seen: dict[str, Any] = {}

    async def remember(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 1234),
        "headers": [
            (b"x-forwarded-for", forwarded.encode()),
            (b"x-forwarded-proto", b"https"),
        ],
    }
    wrapped: Any = ProxyHeadersMiddleware(remember, trusted_hosts=trusted_networks(trusted))
    await wrapped(scope, None, None)
    return seen["client"][0], seen["scheme"]


async def test_a_proxy_that_is_trusted_vouches_for_the_last_address() -> None:
    seen = await seen_by_the_console("10.0.3.4", "203.0.113.1, 198.51.100.7", ["10.0.3.0/28"])

    assert seen == ("198.51.100.7", "https")


async def test_proxies_in_a_row_are_looked_through() -> None:
    seen = await seen_by_the_console(
        "127.0.0.1", "203.0.113.1, 198.51.100.7, 10.0.3.4", ["127.0.0.1", "10.0.3.0/28"]
    )

    assert seen == ("198.51.100.7", "https")


@pytest.mark.parametrize("trusted", [[], ["10.0.3.0/28"]])
async def test_anybody_else_is_who_connects(trusted: list[str]) -> None:
    seen = await seen_by_the_console("192.0.2.1", "203.0.113.1", trusted)

    assert seen == ("192.0.2.1", "http")


def test_the_console_is_behind_it() -> None:
    assert isinstance(application, ProxyHeadersMiddleware)


@pytest.mark.parametrize("value", ["*", "0.0.0.0/0", "::/0", "proxy.example", ""])
def test_everybody_is_no_proxy(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        trusted_networks([value])


SERVED = """
import asyncio, sys
from console.asgi import application

async def status(peer):
    sent = []
    requests = [{"type": "http.request", "body": b""}]
    async def receive():
        return requests.pop() if requests else await asyncio.Event().wait()
    async def send(message):
        sent.append(message)
    scope = {
        "type": "http", "scheme": "http", "method": "GET", "path": "/pools/add/",
        "raw_path": b"/pools/add/", "query_string": b"", "http_version": "1.1",
        "client": (peer, 1234), "server": ("127.0.0.1", 80), "asgi": {"version": "3.0"},
        "headers": [(b"host", b"127.0.0.1"), (b"x-forwarded-proto", b"https")],
    }
    await application(scope, receive, send)
    headers = dict(sent[0]["headers"])
    return sent[0]["status"], headers.get(b"Location", b"").decode()

print(*asyncio.run(status(sys.argv[1])))
"""


@pytest.mark.parametrize(
    ("peer", "answer"),
    [
        ("192.0.2.1", "301 https://127.0.0.1/pools/add/"),
        ("10.0.3.4", "302 /accounts/sign-in/?next=/pools/add/"),
    ],
)
def test_https_is_believed_from_trusted_proxies_only(
    peer: str, answer: str, tmp_path: Path
) -> None:
    """In a process whose settings are those behind a proxy."""
    environment = {
        "PATH": os.environ["PATH"],
        "LIFEGUARD_ENV_FILE": os.devnull,
        "LIFEGUARD_WORK_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SECRET_KEY": "a key for the tests only, never for a console in use",
        "HTTPS": "true",
        "BEHIND_PROXY": "true",
        "TRUSTED_PROXIES": "10.0.3.0/28",
    }
    served = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVED, peer],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert served.stdout.splitlines()[-1] == answer
