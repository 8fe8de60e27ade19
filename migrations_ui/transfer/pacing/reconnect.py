"""Waiting for a target: for one that went away with longer and longer pauses, for a lock as long
as the engine is set to; never for ever."""

from __future__ import annotations

import time

from migrations_ui.transfer.control import Control, Decision
from migrations_ui.transfer.errors import TargetLost
from pools.databases.errors import DatabaseError

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
NAP = 0.1
# How long a statement waits for a lock that another session holds.
LOCK_SECONDS = 30


class RetryBackoff:
    """Runs out `seconds` after the first failure that no committed chunk has followed."""

    def __init__(self, seconds: float, control: Control) -> None:
        self._seconds = seconds
        self._control = control
        self._position = -1
        self._pause = FIRST_PAUSE
        self._deadline = 0.0

    def wait_after(self, error: Exception, *, position: int) -> None:
        """Pause before another try. Raises TargetLost; returns early when the run is to end."""
        now = time.monotonic()
        if position != self._position:
            self._position = position
            self._pause = FIRST_PAUSE
            self._deadline = now + self._seconds
        if now >= self._deadline:
            remedy = error.remedy if isinstance(error, DatabaseError) else ""
            raise TargetLost(f"{TargetLost()} {error} {remedy}".strip()) from None
        wake_at = now + self._pause
        while time.monotonic() < wake_at and self._control.decide() is Decision.GO:
            time.sleep(NAP)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
