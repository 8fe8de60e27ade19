"""The pace of the last intervals, and where it leads. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from migrations_ui.progress.samples import Interval

# The rate of the last half minute says more about the next minute than the average since the start.
WINDOW = timedelta(seconds=30)
FEWEST_INTERVALS = 2
# A long run is sampled rarely; the window then reaches back over this many intervals.
FEWEST_IN_WINDOW = 8
# A trend wants this many intervals to be distinguished from chance, and to be this many times its
# own error.
FEWEST_FOR_TREND = 8
SURE = 3.0


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` in rows a second by now; the rows left take `seconds`, with `error` as a part."""

    rate: float
    seconds: float
    error: float


def pace_ahead(worked: Sequence[Interval], *, rows_left: int) -> Pace | None:
    """From the last half minute of work; None while it is too short or nothing moves."""
    recent = _latest(_started(worked))
    if len(recent) < FEWEST_INTERVALS or not any(each.rows for each in recent):
        return None
    rise = _rise(recent)
    if rise is None:
        recent = _without_trend(recent)
    mean = sum(each.rows for each in recent) / sum(each.seconds for each in recent)
    if mean <= 0:
        return None
    rates = [each.rate for each in recent]
    error = max(_chance(rates), _trend(rates)) / mean
    if rise is None:
        return Pace(mean, rows_left / mean, error)
    return Pace(1 / rise.now, rise.seconds(rows_left), error)


@dataclass(frozen=True, slots=True)
class _Rise:
    """Rows become dearer as a table's index grows: a row costs `now` seconds, and `each` row
    makes the next one dearer by so much. It is forecast as far as it was `seen`, in rows."""

    now: float
    each: float
    seen: int

    def seconds(self, rows_left: int) -> float:
        rising = min(rows_left, self.seen)
        top = self.now + self.each * rising
        return rising * (self.now + top) / 2 + (rows_left - rising) * top


def _rise(recent: Sequence[Interval]) -> _Rise | None:
    """The line through the costs of a row, where it rises by more than chance."""
    measured = [each for each in recent if each.rows]
    if len(measured) < FEWEST_FOR_TREND:
        return None
    ends = list(accumulate(each.rows for each in measured))
    middles = [end - each.rows / 2 for end, each in zip(ends, measured, strict=True)]
    costs = [each.seconds / each.rows for each in measured]
    slope, intercept = statistics.linear_regression(middles, costs)
    off = [cost - intercept - slope * at for at, cost in zip(middles, costs, strict=True)]
    spread = math.sqrt(sum(each**2 for each in off) / (len(off) - 2))
    error = spread / (statistics.pstdev(middles) * math.sqrt(len(middles)))
    now = intercept + slope * ends[-1]
    return _Rise(now, slope, ends[-1]) if slope > SURE * error and now > 0 else None


def _started(worked: Sequence[Interval]) -> Sequence[Interval]:
    """Without those in which work had to be started, as soon as there are enough others."""
    chosen = [each for each in worked if not each.starts]
    return chosen if len(chosen) > FEWEST_INTERVALS else worked


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


def _chance(rates: Sequence[float]) -> float:
    return statistics.stdev(rates) / math.sqrt(len(rates))


def _trend(rates: Sequence[float]) -> float:
    """By how much each half of the window is off its middle."""
    half = len(rates) // 2
    return abs(statistics.fmean(rates[half:]) - statistics.fmean(rates[:half])) / 2
