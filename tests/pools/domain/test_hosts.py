from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.hosts import NotAHost, require_host


@pytest.mark.parametrize(
    "host",
    [
        "trav1",
        "trav1.acme.example",
        "trav1.acme.example.",
        "10.0.0.1",
        "::1",
        "fe80::1%eth0",
        "a_b.example",
        "xn--mnchen-3ya.example",
        "münchen.example",
        "x" * 63,
        "3com.example",
    ],
)
def test_names_and_addresses_are_taken(host: str) -> None:
    require_host(host)


@pytest.mark.parametrize(
    ("host", "advice"),
    [
        ("a..b", "between two dots"),
        (".", "between two dots"),
        ("", "Enter a host name"),
        ("x" * 64, "at most 63"),
        (".".join(["x" * 60] * 5), "at most 253"),
        ("ü" * 70, "no host name"),
        ("h1:3306,h2", "one host"),
        ("http://sql1", "without a scheme"),
        ("user@sql1", "without a user name"),
        ("sql1\\TRAV", "instance's own port"),
        ("sql1:1433", "the port has its own field"),
        ("[::1]", "without brackets"),
        ("sql1/TRAVELER", "without a path"),
        ("sql 1", "letters, digits and hyphens"),
        ("-a", "begins"),
        ("a\nb", "letters, digits"),
        ("10.0.0.999", "IPv4"),
        ("a\x00", "letters, digits"),
    ],
)
def test_anything_else_is_refused_with_what_to_enter(host: str, advice: str) -> None:
    with pytest.raises(NotAHost, match=advice):
        require_host(host)


@given(st.text(max_size=100) | st.from_regex(r"[a-z0-9.:@-]{0,80}", fullmatch=True))
def test_what_is_taken_can_be_given_to_a_resolver(host: str) -> None:
    """UnicodeError is what `a..b` and labels over 63 characters raised in every sweep."""
    try:
        require_host(host)
    except NotAHost:
        return
    try:
        socket.getaddrinfo(host, 22, flags=socket.AI_NUMERICHOST)
    except OSError:
        return
