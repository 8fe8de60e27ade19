"""What making a table's keys still takes, which comes after its last row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# Ours, of what `python -m benchmarks.eta` measures: making a table's keys takes this part of the
# time in which its rows come in at full speed, which under a cap is taken to be this at least.
# Of many rows they do not fit the database's memory, and are sorted by way of the disk.
ASSUMED_PART = 0.65
ASSUMED_PART_OF_MANY = 1.2
MANY = 2_000_000
ASSUMED_FULL_SPEED = 150_000
# Once it takes longer than was forecast, nobody knows how much longer.
OVERRUN = 0.1
# Of less nothing follows for the rest.
LEAST_PART = 0.01
# The database's own figures say which part of the way is done, not of the time.
SPREAD_OF_REPORTED = 0.3


@dataclass(frozen=True, slots=True)
class IndexEstimate:
    """`remaining` is right to within `spread`."""

    remaining: timedelta
    spread: timedelta


@dataclass(frozen=True, slots=True)
class PendingIndexes:
    """The keys of a table of `rows`: being made since then, or later.

    `part` of them is done, as the database tells it; 0 until it does.
    """

    rows: int
    since: datetime | None = None
    part: float = 0.0

    def assumed(self, speed: int, *, cap: int | None) -> timedelta:
        """All of it, where rows come in at `speed` a second, and may at `cap`."""
        full = speed if cap is None else max(speed, ASSUMED_FULL_SPEED)
        part = ASSUMED_PART if self.rows < MANY else ASSUMED_PART_OF_MANY
        return timedelta(seconds=part * self.rows / max(1, full))

    def left(self, speed: int, *, cap: int | None, now: datetime) -> IndexEstimate:
        """What is left of it at `now`."""
        whole = self.assumed(speed, cap=cap)
        gone = max(timedelta(), now - (self.since or now))
        projected = gone / self.part if self.part >= LEAST_PART else whole
        # The parts go by now faster, now slower: they are believed as far as they are done, and
        # altogether once the assumption has turned out wrong.
        expected = projected if gone > whole else whole + (projected - whole) * self.part
        remaining = max(expected - gone, gone * OVERRUN)
        if self.part:
            return IndexEstimate(remaining, remaining * SPREAD_OF_REPORTED)
        return IndexEstimate(remaining, min(remaining, whole / 2))
