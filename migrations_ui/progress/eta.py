"""How long the rest of a copy will take, from samples of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from migrations_ui.progress.index_builds import PendingIndexes
from migrations_ui.progress.pace import pace_ahead
from migrations_ui.progress.samples import Sample, intervals

# However even the past was, nobody knows the next minutes better than that.
LEAST_SPREAD = 0.1
# Ours: no commit for so long, and for so many times the longest interval, means that none is near.
LONG_SILENCE = timedelta(seconds=30)
MANY_INTERVALS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """`remaining` is right to within `spread`, as far as the past says."""

    rows_per_second: int
    remaining: timedelta
    spread: timedelta


def percent_of(rows: int, *, total: int, done: bool) -> int:
    """Whole per cent; 100 only when it is done, which says more than that all rows went by."""
    if done:
        return 100
    return min(99, 100 * rows // total) if total else 0


def estimate_remaining(
    samples: Sequence[Sample],
    *,
    rows_total: int,
    now: datetime,
    cap: int | None = None,
    since: datetime | None = None,
    keys: Sequence[PendingIndexes] = (),
) -> Estimate | None:
    """How long the copy still takes, at `now`; None while that cannot be said.

    `cap` are the rows a second allowed, `since` is when a person last changed the pace: what was
    measured before says nothing about what comes. `keys` are those made after a table's last row.
    """
    usable = [sample for sample in samples if since is None or sample.at >= since]
    if not usable:
        return None
    last = usable[-1]
    measured = estimate(usable, rows_left=max(0, rows_total - last.rows), cap=cap)
    if measured is None:
        return None
    made = [each for each in keys if each.since]
    if not made and _has_rested(usable, now):
        return None
    speed = measured.rows_per_second
    later = max(
        (each.assumed(speed, cap=cap) for each in keys if each.since is None), default=timedelta()
    )
    # Rows are known when they are committed; those under way since then are nearly done.
    rows_left = measured.remaining + later - max(timedelta(), now - last.at)
    # While the keys of one table are made, the rows of another may come in.
    beside = [each.left(speed, cap=cap, now=now) for each in made]
    left = max([timedelta(), rows_left, *(each.remaining for each in beside)])
    spread = max(measured.spread, left * LEAST_SPREAD) + min(later, left) / 2
    spread = max([spread, *(each.spread for each in beside)])
    return Estimate(speed, left, min(spread, left))


def _has_rested(samples: Sequence[Sample], now: datetime) -> bool:
    """Whether rows have not come in for so long that nobody can be about to commit some: the copy
    goes on after a rest, but has not come to a table yet, or it waits for the database."""
    longest = timedelta(seconds=max(each.seconds for each in intervals(samples)))
    return now - samples[-1].at > max(LONG_SILENCE, MANY_INTERVALS * longest)


def estimate(
    samples: Sequence[Sample], *, rows_left: int, cap: int | None = None
) -> Estimate | None:
    """From the last half minute of work; None while it is too short or nothing moves.

    `rows_left` at the last sample; `cap` are the rows a second allowed.
    """
    pace = pace_ahead(intervals(samples), rows_left=rows_left)
    if pace is None:
        return None
    rate, seconds = pace.rate, pace.seconds
    if cap is not None:
        # The throttle lets through a little more now and then, but not for long.
        rate, seconds = min(rate, cap), max(seconds, rows_left / cap)
    return Estimate(
        rows_per_second=round(rate),
        remaining=timedelta(seconds=seconds),
        spread=timedelta(seconds=min(seconds, seconds * pace.error)),
    )
