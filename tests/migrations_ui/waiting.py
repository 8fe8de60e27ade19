"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(condition: Callable[[], object], *, seconds: float = 10) -> float:
    """Return after how many seconds it came true; fail when it does not in time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"it did not happen within {seconds:g} s"
        time.sleep(0.02)
    return time.monotonic() - began
