"""A server's availability index, from the load it has.

The vendor's index comes from processor and memory; the lab's from the syncs of the last seconds
against a capacity, so that load can be made and shown at will.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 5.0
LEAST, MOST = -100, 100


class Load:
    """Counts syncs; `capacity` is the syncs a second at which the server becomes constrained."""

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._syncs: deque[float] = deque()

    def count_sync(self) -> None:
        self._syncs.append(self._clock())

    def availability_index(self) -> int:
        """100 when idle, 0 just below the capacity, negative (constrained) at it and beyond."""
        since = self._clock() - WINDOW_SECONDS
        while self._syncs and self._syncs[0] < since:
            self._syncs.popleft()
        used = len(self._syncs) / WINDOW_SECONDS / self._capacity
        if used < 1:
            return round(MOST * (1 - used))
        return max(LEAST, -1 - round(MOST * (used - 1)))
