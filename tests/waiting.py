"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

# The machine may be busy with other tests.
SECONDS = 180


def wait_until(condition: Callable[[], object], *, seconds: float = SECONDS) -> None:
    """Return once it is true; fail when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:g} s"
        time.sleep(0.05)
