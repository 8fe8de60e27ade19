"""`travelerUtil db check`: whether the server can use its database.

The printed text is not documented (domain.md 2), so the verdict goes by common words and says
None when there are none; the exit status decides then (see TravelerUtil.db_check).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.gateways.parsing import console_lines

_BAD = re.compile(
    r"\b(?:fail(?:ed|ure|s)?|errors?|exception|invalid|unable|cannot|could not|refused|denied|"
    r"unsuccessful(?:ly)?|not successful(?:ly)?|not valid|not found|incorrect|rejected|missing|"
    r"timed out|unknown host|sqlstate|sqlcode|NOT OK)\b",
    re.IGNORECASE,
)
_NO_BAD = re.compile(r"\b(?:no|0|zero|without) (?:errors?|failures?|exceptions?)\b", re.IGNORECASE)
_GOOD = re.compile(
    r"\b(?:success(?:ful|fully)?|succeeded|valid(?:ated)?|verified|passed|OK)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """passed: None when the words do not tell. complaints: the lines that speak of a fault."""

    passed: bool | None = None
    messages: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def parse(text: str) -> CheckOutcome:
    """Read what the utility printed; never raises. One complaint outweighs any good word."""
    messages = tuple(line.strip() for line in console_lines.texts(text) if line.strip())
    complaints = tuple(line for line in messages if _BAD.search(_NO_BAD.sub("OK", line)))
    praises = tuple(
        line
        for line in messages
        if line not in complaints and _GOOD.search(_NO_BAD.sub("OK", line))
    )
    unread = tuple(line for line in messages if line not in complaints and line not in praises)
    if complaints:
        return CheckOutcome(False, messages, complaints, unread)
    return CheckOutcome(True if praises else None, messages, (), unread)
