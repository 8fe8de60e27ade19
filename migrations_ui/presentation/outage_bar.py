"""The outage as one bar: each step as wide as it takes, filled as far as it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from migrations_ui.progress.outage_clock import StepShare

WIDTH = 1000
# A step that takes no time, or of which nothing is known, is still to be seen.
NARROWEST = 12


@dataclass(frozen=True, slots=True)
class Segment:
    """A step's part of the bar from `x` on, in units of which the bar has WIDTH."""

    share: StepShare
    x: int
    width: int
    filled: int


def draw_bar(shares: Sequence[StepShare]) -> list[Segment]:
    """Widths by what was taken or, while that is less, by what is expected."""
    lengths = [_length(share) for share in shares]
    whole = sum(lengths, timedelta()) or timedelta(seconds=1)
    room = WIDTH - NARROWEST * len(shares)
    segments: list[Segment] = []
    x = 0
    for share, length in zip(shares, lengths, strict=True):
        width = NARROWEST + round(room * (length / whole))
        part = share.taken / length if length else 0
        filled = width if share.has_ended else round(width * part)
        segments.append(Segment(share, x, width, filled))
        x += width
    return segments


def _length(share: StepShare) -> timedelta:
    if share.has_ended or share.expected is None:
        return share.taken
    return max(share.taken, share.expected)
