"""How far and how fast rows are copied, and how long the rest will take. Pure."""

from __future__ import annotations

import math
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
# A trend wants this many intervals to be told from chance.
FEWEST_FOR_TREND = 12

SHORTEST_SAMPLE = timedelta(seconds=0.5)
SAMPLES_PER_DURATION = 200

# However even the past was, nobody knows the next minutes better than that.
LEAST_SPREAD = 0.1
# Ours, of what `python -m benchmarks.eta` measures: making a table's keys takes this part of the
# time in which its rows come in at full speed, which under a cap is taken to be this at least.
ASSUMED_KEYS_PART = 0.35
ASSUMED_FULL_SPEED = 150_000


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


def sample_due(*, began: datetime, last: datetime | None, now: datetime) -> bool:
    """Samples grow rarer as a copy grows longer: some hundreds, however long it takes."""
    if last is None:
        return True
    return now - last >= max(SHORTEST_SAMPLE, (now - began) / SAMPLES_PER_DURATION)


def time_at_rest(samples: Sequence[Sample]) -> timedelta:
    """How long nobody copied, between the first sample and the last."""
    rests = (later.at - earlier.at for earlier, later in pairwise(samples) if later.resumes)
    return sum(rests, timedelta())


def foretell(
    samples: Sequence[Sample],
    *,
    rows_total: int,
    now: datetime,
    cap: int | None = None,
    since: datetime | None = None,
    rows_to_key: int = 0,
) -> Estimate | None:
    """How long the copy still takes, at `now`; None while that cannot be said.

    `cap` are the rows a second allowed, `since` is when a person last changed the pace: what was
    measured before says nothing about what comes. `rows_to_key` are those of the biggest table
    whose keys are made after its last row.
    """
    usable = [sample for sample in samples if since is None or sample.at >= since]
    if not usable:
        return None
    last = usable[-1]
    measured = estimate(usable, rows_left=max(0, rows_total - last.rows), cap=cap)
    if measured is None:
        return None
    full_speed = measured.rows_per_second or 1
    if cap is not None:
        full_speed = max(full_speed, ASSUMED_FULL_SPEED)
    keys = timedelta(seconds=ASSUMED_KEYS_PART * rows_to_key / full_speed)
    whole = measured.remaining + keys
    # Rows are known when they are committed; those under way since then are nearly done.
    left = max(timedelta(), whole - max(timedelta(), now - last.at))
    spread = max(measured.spread, left * LEAST_SPREAD) + min(keys, left) / 2
    return Estimate(measured.rows_per_second, left, min(spread, left))


def estimate(
    samples: Sequence[Sample], *, rows_left: int, cap: int | None = None
) -> Estimate | None:
    """From the last half minute of work; None while it is too short or nothing moves.

    `rows_left` at the last sample; `cap` are the rows a second allowed.
    """
    recent = _without_trend(_latest(intervals(samples)))
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
        remaining=timedelta(seconds=seconds),
        spread=timedelta(seconds=min(seconds, seconds * error)),
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


def _without_trend(recent: Sequence[Interval]) -> list[Interval]:
    """The newer part of the window while the rate rises or falls by more than chance."""
    chosen = list(recent)
    while len(chosen) >= FEWEST_FOR_TREND:
        rates = [interval.rate for interval in chosen]
        if _trend(rates) <= _chance(rates):
            break
        chosen = chosen[len(chosen) // 2 :]
    return chosen


def _error_of_mean(rates: Sequence[float], mean: float) -> float:
    """As a part of the mean: chance, and the trend that the next minutes may follow."""
    return max(_chance(rates), _trend(rates)) / mean


def _chance(rates: Sequence[float]) -> float:
    return statistics.stdev(rates) / math.sqrt(len(rates))


def _trend(rates: Sequence[float]) -> float:
    """By how much each half of the window is off its middle."""
    half = len(rates) // 2
    return abs(statistics.fmean(rates[half:]) - statistics.fmean(rates[:half])) / 2
