"""Carries out what `backoff` decides, for all copying threads together."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

from migrations_ui.transfer.control import Control, Decision, Observer
from migrations_ui.transfer.pacing.backoff import Backoff

LONGEST_NAP = 0.1


class AdaptiveThrottle:
    """One a run: the target is the same for every table."""

    def __init__(self, control: Control, observer: Observer) -> None:
        self._control = control
        self._observer = observer
        self._lock = threading.Lock()
        self._backoff = Backoff()

    def after_chunk(self, table: str, rows: int, seconds: float) -> None:
        """Note what settling a chunk took in the target, and pause as long as that asks.

        Call it between transactions. A pause ends early when the run is to rest or end.
        """
        # Chunks of up to twice the size count as the same kind.
        kind: Hashable = (table, rows.bit_length())
        with self._lock:
            before = self._backoff
            self._backoff = now = before.after_chunk(kind, seconds)
        if now.level > 0 and before.level == 0:
            self._observer.slowed(now.times)
        elif now.level == 0 and before.level > 0:
            self._observer.recovered(accepted=now.accepted)
        self._wait(now.pause)

    def _wait(self, seconds: float) -> None:
        wake_at = time.monotonic() + seconds
        while (left := wake_at - time.monotonic()) > 0:
            if self._control.decide() is not Decision.GO:
                return
            time.sleep(min(left, LONGEST_NAP))
