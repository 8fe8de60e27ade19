"""Durations in words."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3600, 86_400


def in_words(seconds: float) -> str:
    """A duration in its largest unit: `3 s`, `12 min`, `5 h`, `3 days`."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h"
    return f"{whole // DAY} days"
