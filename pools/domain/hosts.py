"""What may stand where a host is asked for: a name or an address, and nothing around it."""

from __future__ import annotations

import re
from ipaddress import ip_address

LONGEST_NAME = 253
LONGEST_LABEL = 63
# Underscores are no part of a host name by the book, and of many by use.
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?", re.ASCII)
NAMED_INSTANCE = (
    "SQL Server's driver ignores the name of an instance when it is given a port: enter the host "
    "alone and give the instance's own port."
)
# What people enter around a host, the most specific first.
_AROUND: tuple[tuple[str, str], ...] = (
    ("://", "Enter the host's name alone, without a scheme such as http://."),
    ("@", "Enter the host's name alone, without a user name."),
    ("\\", NAMED_INSTANCE),
    ("/", "Enter the host's name alone, without a path."),
    (",", "Enter one host; the port has its own field."),
    ("[", "Enter an IPv6 address without brackets."),
    ("]", "Enter an IPv6 address without brackets."),
)


class NotAHost(ValueError):
    """The text is neither a host name nor an address; the message says what is wrong."""


def require_host(text: str) -> None:
    """Raises NotAHost for what no resolver takes, or takes for something else."""
    for mark, advice in _AROUND:
        if mark in text:
            raise NotAHost(advice)
    if _is_address(text):
        return
    if ":" in text:
        raise NotAHost("Enter the host's name alone; the port has its own field.")
    name = text.removesuffix(".")
    labels = _encoded(name).split(".")
    for label in labels:
        _require_label(label, text)
    if sum(map(len, labels)) + len(labels) - 1 > LONGEST_NAME:
        raise NotAHost(f"A host name has at most {LONGEST_NAME} characters.")
    if labels[-1].isdigit():
        raise NotAHost(f"“{text}” looks like an IPv4 address, but is none.")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _encoded(name: str) -> str:
    """The name as a resolver is asked for it; labels are judged one by one afterwards."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise NotAHost(f"“{name}” is no host name.") from None


def _require_label(label: str, text: str) -> None:
    if not label:
        raise NotAHost(
            f"“{text}” is no host name: between two dots nothing stands."
            if text.strip()
            else "Enter a host name or an address."
        )
    if len(label) > LONGEST_LABEL:
        raise NotAHost(
            f"“{label[:20]}…” has {len(label)} characters; each part of a host name between dots "
            f"has at most {LONGEST_LABEL}."
        )
    if not _LABEL.fullmatch(label):
        raise NotAHost(
            f"“{text}” is no host name: its parts are letters, digits and hyphens, and none begins "
            "or ends with a hyphen."
        )
