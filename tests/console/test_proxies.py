"""Whose X-Forwarded-For is believed."""

from __future__ import annotations

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
