"""A limit of rows per second over all copying threads together, changeable at any time."""

from __future__ import annotations

import threading
import time

from migrations_ui.transfer.control import Control, Decision

LONGEST_NAP = 0.1
# Faster than any copy: a higher limit would be none.
HIGHEST_LIMIT = 10_000_000


class Throttle:
    """Each thread reports the rows it took, and waits until they are paid for."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait(self, rows: int) -> Decision:
        """Wait as long as the limit asks; the decision that ended or outlived the wait."""
        limit = self._control.rows_per_second()
        if limit is None:
            return Decision.GO
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + rows / limit
            free_at = self._free_at
        while (left := free_at - time.monotonic()) > 0:
            decision = self._control.decide()
            if decision is not Decision.GO:
                return decision
            time.sleep(min(left, LONGEST_NAP))
            if self._control.rows_per_second() != limit:
                # The limit has changed: what was owed under the old one is let go.
                with self._lock:
                    self._free_at = time.monotonic()
                break
        return Decision.GO
