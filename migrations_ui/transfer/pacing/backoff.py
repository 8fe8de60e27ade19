"""When the copy holds itself back: decided from how long the target takes to settle its chunks.

Pure: values in, values out. A chunk's time is compared with the median of quiet chunks of its kind
(same table, similar size). Several slow ones in a row make the copy pause after each chunk, longer
step by step; several calm ones take that back. A database that stays slow is taken as it is after
a while: then holding back helps nobody, and the present becomes the measure.
"""

from __future__ import annotations

import statistics
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

# Times the median: from SLOW on a chunk is slow, below CALM it is calm; in between it is neither,
# so that a ratio near a limit does not switch to and fro.
SLOW = 3.0
CALM = 1.5
IN_A_ROW = 3
# Shorter times than this are noise, whatever the median.
SHORTEST_SECONDS = 0.05
# Seconds to pause after a chunk, by level; the last is the longest pause there is.
PAUSES = (0.0, 0.25, 0.5, 1.0, 2.0)
LONGEST_PAUSE = PAUSES[-1]
# So many chunks without coming back to full speed: the database is like that now.
ACCEPTED_AFTER = 40
# How many quiet chunks make a measure, and how many are kept.
FEWEST_QUIET = 5
QUIET_KEPT = 30


@dataclass(frozen=True, slots=True)
class Backoff:
    """`level` 0 is full speed. `times` is how many times longer than quiet the last chunk took.

    `quiet` holds the seconds of quiet chunks by their kind.
    """

    level: int = 0
    times: float = 1.0
    slow_in_a_row: int = 0
    calm_in_a_row: int = 0
    chunks_held: int = 0
    accepted: bool = False
    quiet: Mapping[Hashable, tuple[float, ...]] = field(default_factory=dict)

    @property
    def pause(self) -> float:
        """Seconds to wait before the next chunk."""
        return PAUSES[self.level]

    def after_chunk(self, kind: Hashable, seconds: float) -> Backoff:
        """What holds after one more chunk; `accepted` says that slow counts as normal now."""
        known = self.quiet.get(kind, ())
        if len(known) < FEWEST_QUIET:
            return replace(self._held(), quiet=self._learnt(kind, seconds))
        times = seconds / max(SHORTEST_SECONDS, statistics.median(known))
        verdict_sql = replace(self, times=times, accepted=False)
        if times >= SLOW:
            return verdict_sql._slow()._held()
        if times < CALM:
            verdict_sql = verdict_sql._calm()
        else:
            verdict_sql = replace(verdict_sql, slow_in_a_row=0, calm_in_a_row=0)
        if verdict_sql.level == 0:
            return replace(verdict_sql, chunks_held=0, quiet=self._learnt(kind, seconds))
        return verdict_sql._held()

    def _slow(self) -> Backoff:
        slow = self.slow_in_a_row + 1
        if slow < IN_A_ROW:
            return replace(self, slow_in_a_row=slow, calm_in_a_row=0)
        level = min(self.level + 1, len(PAUSES) - 1)
        return replace(self, level=level, slow_in_a_row=0, calm_in_a_row=0)

    def _calm(self) -> Backoff:
        calm = self.calm_in_a_row + 1
        if calm < IN_A_ROW:
            return replace(self, calm_in_a_row=calm, slow_in_a_row=0)
        return replace(self, level=max(0, self.level - 1), calm_in_a_row=0, slow_in_a_row=0)

    def _held(self) -> Backoff:
        """Count the chunks that are held back; after many, begin again from how it is."""
        if self.level == 0:
            return replace(self, accepted=False)
        if self.chunks_held + 1 < ACCEPTED_AFTER:
            return replace(self, chunks_held=self.chunks_held + 1, accepted=False)
        return Backoff(accepted=True)

    def _learnt(self, kind: Hashable, seconds: float) -> Mapping[Hashable, tuple[float, ...]]:
        return {**self.quiet, kind: (*self.quiet.get(kind, ()), seconds)[-QUIET_KEPT:]}
