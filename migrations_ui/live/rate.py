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
# A long run is sampled rarely; the window then reaches back over this many samples.
FEWEST_IN_WINDOW = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """`rows` copied in all at that moment."""

    at: datetime
    rows: int
    # Nobody copied in the time before it: a pause, or a worker that was lost.
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """What was copied between two samples, in `seconds` of work."""

    seconds: float
    rows: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


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


def intervals(samples: Sequence[Sample]) -> list[Interval]:
    """Between each two samples in which somebody copied."""
    return [
        Interval((later.at - earlier.at).total_seconds(), max(0, later.rows - earlier.rows))
        for earlier, later in pairwise(samples)
        if later.at > earlier.at and not later.resumes
    ]


def interval_rates(samples: Sequence[Sample]) -> list[int]:
    """Rows a second between each two samples; a pause is left out."""
    return [round(interval.rate) for interval in intervals(samples)]


def time_at_rest(samples: Sequence[Sample]) -> timedelta:
    """How long nobody copied, between the first sample and the last."""
    rests = (later.at - earlier.at for earlier, later in pairwise(samples) if later.resumes)
    return sum(rests, timedelta())


def estimate(
    samples: Sequence[Sample],
    *,
    rows_left: int,
    cap: int | None = None,
    since: datetime | None = None,
    work_left: timedelta = timedelta(),
) -> Estimate | None:
    """From the last half minute of work; None while it is too short or nothing moves.

    `cap` are the rows a second allowed; `since` is when that was last changed, and older samples
    say nothing about what comes; `work_left` is what the tables want after their last row.
    """
    usable = [sample for sample in samples if since is None or sample.at >= since]
    recent = _latest(intervals(usable))
    if len(recent) < FEWEST_INTERVALS:
        return None
    mean = sum(each.rows for each in recent) / sum(each.seconds for each in recent)
    if cap is not None:
        # The throttle lets through a little more now and then, but not for long.
        mean = min(mean, cap)
    if mean <= 0:
        return None
    error = _error_of_mean([each.rate for each in recent], mean)
    seconds = rows_left / mean
    return Estimate(
        rows_per_second=round(mean),
        remaining=timedelta(seconds=seconds) + work_left,
        spread=timedelta(seconds=min(seconds, seconds * error)) + work_left / 2,
    )


def _latest(worked: Sequence[Interval]) -> list[Interval]:
    """The intervals of the window, newest last: half a minute of work, or some samples."""
    chosen: list[Interval] = []
    left = WINDOW.total_seconds()
    for interval in reversed(worked):
        if left < interval.seconds and len(chosen) >= FEWEST_IN_WINDOW:
            break
        chosen.append(interval)
        left -= interval.seconds
    return chosen[::-1]


def _error_of_mean(rates: Sequence[float], mean: float) -> float:
    """As a part of the mean: chance, and the trend that the next minutes may follow."""
    chance = statistics.stdev(rates) / len(rates) ** 0.5
    half = len(rates) // 2
    trend = abs(statistics.fmean(rates[half:]) - statistics.fmean(rates[:half])) / 2
    return float(max(chance, trend) / mean)
