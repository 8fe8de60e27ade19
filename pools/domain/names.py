"""Domino names: canonical `CN=trav1/O=Acme` and abbreviated `trav1/Acme`."""

from __future__ import annotations

import re

_LABEL = re.compile(r"\s*(?:CN|OU\d?|O|C|G|S|I|Q|P|A)\s*=\s*", re.IGNORECASE)


def abbreviated(name: str) -> str:
    """`CN=Ada/OU=Sales/O=Acme` → `Ada/Sales/Acme`; an abbreviated name stays as it is."""
    return "/".join(_LABEL.sub("", part, count=1).strip() for part in name.split("/"))


def canonical(name: str) -> str:
    """`Ada/Sales/Acme` → `CN=Ada/OU=Sales/O=Acme`; a canonical name stays as it is.

    An abbreviated name does not say whether it ends in a country, so it is taken not to.
    """
    parts = [part.strip() for part in name.split("/")]
    if any(_LABEL.match(part) for part in parts) or not name.strip():
        return "/".join(parts)
    labels = ["CN", *["OU"] * (len(parts) - 2), "O"][: len(parts)]
    return "/".join(f"{label}={part}" for label, part in zip(labels, parts, strict=True))


def common_name(name: str) -> str:
    """`CN=Ada Byron/O=Acme` → `Ada Byron`."""
    return abbreviated(name).partition("/")[0]


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings mean the same name; Domino ignores case."""
    return name_key(one) == name_key(other)


def name_key(name: str) -> str:
    """The same for all spellings of a name, to look it up by."""
    return abbreviated(name).casefold()
