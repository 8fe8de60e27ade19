"""Durations as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def in_two_units(duration: timedelta) -> str:
    """Two units at most: `12 s`, `2 min 10 s`, `3 h 5 min`, `2 d 4 h`."""
    seconds = max(0, round(duration.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return _pair(seconds, MINUTE, "min", 1, "s")
    if seconds < DAY:
        return _pair(seconds, HOUR, "h", MINUTE, "min")
    return _pair(seconds, DAY, "d", HOUR, "h")


def between(start: datetime | None, end: datetime | None) -> str:
    """How long something took, in two units; empty while it has not ended."""
    if start is None or end is None:
        return ""
    return in_two_units(end - start)


def _pair(seconds: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    whole, rest = divmod(seconds, large)
    fraction = rest // small
    return f"{whole} {large_unit} {fraction} {small_unit}" if fraction else f"{whole} {large_unit}"
