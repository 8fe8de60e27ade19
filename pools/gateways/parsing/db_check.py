"""`travelerUtil db check`: whether the server can use its database.

The printed text is not documented (domain.md 2), so the verdict goes by common words and by those
of the command profile, and says None when there are none: such an answer is not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.gateways.parsing import console_lines
from pools.gateways.parsing.words import GIVEN, AnswerWords, find

_BAD = re.compile(
    r"\b(?:fail(?:ed|ure|s)?|errors?|exception|invalid|unable|cannot|could not|refused|denied|"
    r"unsuccessful(?:ly)?|not successful(?:ly)?|not valid|not found|incorrect|rejected|missing|"
    r"timed out|unknown host|sqlstate|sqlcode|NOT OK)\b",
    re.IGNORECASE,
)
_NO_BAD = re.compile(r"\b(?:no|0|zero|without) (?:errors?|failures?|exceptions?)\b", re.IGNORECASE)
# A Java program that fell over names a class (`java.lang.NullPointerException`), then the places
# in its source, and may end with exit status 0 all the same.
_TRACE = re.compile(
    r"[\w$]+(?:Exception|Error)\b|^\s*at [\w$.<>/@]+\(.*\)$|^\s*\.\.\. \d+ (?:more|common)",
)


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """passed: None when the words do not say. complaints: the lines that speak of a fault."""

    passed: bool | None = None
    messages: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def complains(line: str, words: AnswerWords = GIVEN) -> bool:
    """Whether a line speaks of a fault."""
    text = _NO_BAD.sub("OK", line)
    return bool(_BAD.search(text) or _TRACE.search(text) or find(words.failed, text))


def parse(text: str, words: AnswerWords = GIVEN) -> CheckOutcome:
    """Read what the utility printed; never raises. One complaint outweighs any good word."""
    messages = tuple(line.strip() for line in console_lines.texts(text) if line.strip())
    complaints = tuple(line for line in messages if complains(line, words))
    praises = tuple(
        line
        for line in messages
        if line not in complaints and find(words.valid, _NO_BAD.sub("OK", line))
    )
    unread = tuple(line for line in messages if line not in complaints and line not in praises)
    if complaints:
        return CheckOutcome(False, messages, complaints, unread)
    return CheckOutcome(True if praises else None, messages, (), unread)
