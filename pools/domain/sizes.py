"""Sizes as people say them."""

from __future__ import annotations

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
STEP = 1024


def in_words(size: int) -> str:
    """Bytes in the largest unit that leaves a whole: `512 bytes`, `12.0 MB`, `1.5 TB`."""
    value, rank = float(max(0, size)), 0
    while value >= STEP and rank < len(UNITS) - 1:
        value, rank = value / STEP, rank + 1
    return f"{value:,.1f} {UNITS[rank]}" if rank else f"{int(value)} {UNITS[0]}"
