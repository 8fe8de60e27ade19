"""Whether what is sent to an address can be read on the way."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether what is sent there never leaves the machine."""
    bare = host.strip("[]").casefold()
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def is_cleartext(url: str) -> bool:
    """Whether it is plain HTTP to another machine, so that a password sent with it can be read."""
    try:
        parts = urlsplit(url)
        return parts.scheme.casefold() == "http" and not is_loopback(parts.hostname or "")
    except ValueError:
        return False
