"""What needs a person, as lines of a list: who, in which state, and where to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["good", "warn", "bad", "away", "unknown"]


@dataclass(frozen=True, slots=True)
class Attention:
    """One line: who, in which state, why, since when, and where to go."""

    tone: Tone
    subject: str
    text: str
    since: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class AttentionReport:
    """What the pools or one extension report, or all of them.

    `down_on_purpose` are keys of servers: that these do not answer is no news.
    """

    items: list[Attention]
    down_on_purpose: frozenset[int] = frozenset()
