"""Domino names: canonical `CN=trav1/OU=Köln/O=Acme`, abbreviated `trav1/Köln/Acme`."""

from __future__ import annotations

import re

_LABEL = re.compile(r"^(?:CN|OU\d?|O|C|G|S|I|Q)=", re.IGNORECASE)


def abbreviated(name: str) -> str:
    """The name as people write it: without the labels of its parts."""
    return "/".join(_LABEL.sub("", part.strip()) for part in name.split("/"))


def common_name(name: str) -> str:
    """The first part: `trav1`."""
    return abbreviated(name).split("/")[0]


def same_name(one: str, other: str) -> bool:
    """Whether two spellings, canonical or abbreviated, mean the same; case does not count."""
    return abbreviated(one).casefold() == abbreviated(other).casefold()
