"""How far and how fast rows are copied, and how long the rest will take. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

# The rate of the last half minute says more about the next minute than the average since the start.
WINDOW = timedelta(seconds=30)
FEWEST_INTERVALS = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """`rows` copied in all at that moment."""

    at: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """`remaining` is right to within `spread`, as far as the past tells."""

    rows_per_second: int
    remaining: timedelta
    spread: timedelta


def percent_of(rows: int, *, total: int, done: bool) -> int:
    """Whole per cent; 100 only when it is done, which says more than that all rows went by."""
    if done:
        return 100
    return min(99, 100 * rows // total) if total else 0


def interval_rates(samples: Sequence[Sample]) -> list[int]:
    """Rows a second between each two samples; a pause is an interval of few rows."""
    return [
        max(0, round((later.rows - earlier.rows) / (later.at - earlier.at).total_seconds()))
        for earlier, later in pairwise(samples)
        if later.at > earlier.at
    ]


def estimate(samples: Sequence[Sample], *, rows_left: int) -> Estimate | None:
    """From the samples of the last half minute; None while they are too few or nothing moves."""
    recent = [sample for sample in samples if sample.at >= samples[-1].at - WINDOW]
    rates = interval_rates(recent)
    if len(rates) < FEWEST_INTERVALS:
        return None
    elapsed = (recent[-1].at - recent[0].at).total_seconds()
    mean = (recent[-1].rows - recent[0].rows) / elapsed
    if mean <= 0:
        return None
    # The error of a mean of n intervals, carried over to the time that the rest takes.
    error = statistics.stdev(rates) / len(rates) ** 0.5
    seconds = rows_left / mean
    return Estimate(
        rows_per_second=round(mean),
        remaining=timedelta(seconds=seconds),
        spread=timedelta(seconds=min(seconds, seconds * error / mean)),
    )
