"""Charts as SVG path data: points in, coordinates out. No drawing library, no style attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from pools.domain.availability import mean_index
from pools.models import Reading

# The availability index runs from drained to wholly free (domain.md 5).
LOWEST, HIGHEST = -200, 100

Sample = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled line across the chart, at `y`."""

    y: float
    label: int


@dataclass(frozen=True, slots=True)
class TimeMark:
    """A time under the chart, at `x`; the outer two are set inwards by `anchor`."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class IndexChart:
    """Path data in a box of `width` × `height`, with the scale that was chosen."""

    width: int
    height: int
    line: str
    ticks: tuple[Tick, ...]
    lowest: int | None
    highest: int | None


def index_chart(
    samples: Sequence[Sample],
    *,
    since: datetime,
    until: datetime,
    width: int,
    height: int,
    gap: timedelta,
) -> IndexChart:
    """The availability index over time.

    Two samples further apart than `gap` are not joined: nobody looked in between.
    The scale is 0..100 while every sample is in it, and reaches down to −100 or −200 when one is
    not, so that a drained hour does not flatten all the others for ever.
    """
    values = [value for _, value in samples]
    floor = next(step for step in (0, -100, LOWEST) if step <= min(values, default=0))
    span = (until - since).total_seconds()

    def x(moment: datetime) -> float:
        return round((moment - since).total_seconds() / span * width, 1)

    def y(value: int) -> float:
        return round(height - (value - floor) / (HIGHEST - floor) * height, 1)

    pieces: list[str] = []
    previous: datetime | None = None
    for moment, value in samples:
        pen = "L" if previous is not None and moment - previous <= gap else "M"
        pieces.append(f"{pen}{x(moment)} {y(value)}")
        previous = moment
    ticks = tuple(Tick(y(value), value) for value in (100, 50, 0, -100, -200) if value >= floor)
    return IndexChart(
        width,
        height,
        " ".join(pieces),
        ticks,
        min(values, default=None),
        max(values, default=None),
    )


def index_samples(readings: QuerySet[Reading], *, since: datetime) -> Iterator[Sample]:
    """The availability index of these readings over time, without those that had none."""
    taken = readings.filter(taken_at__gte=since).order_by("taken_at")
    for moment, value in taken.values_list("taken_at", "availability_index"):
        if value is not None:
            yield moment, value


def averaged(samples: Iterable[Sample], *, every: timedelta) -> list[Sample]:
    """One sample an interval: the mean of what falls into it, at the interval's start."""
    return [
        (start, round(sum(values) / len(values))) for start, values in _intervals(samples, every)
    ]


def averaged_over_servers(samples: Iterable[Sample], *, every: timedelta) -> list[Sample]:
    """The same for the servers of a pool, whose mean leaves drained ones out."""
    means = ((start, mean_index(values)) for start, values in _intervals(samples, every))
    return [(start, mean) for start, mean in means if mean is not None]


def _intervals(samples: Iterable[Sample], every: timedelta) -> Iterator[tuple[datetime, list[int]]]:
    """What falls into each interval, by the interval's start."""
    step = every.total_seconds()
    buckets: dict[float, list[int]] = {}
    zone = None
    for moment, value in samples:
        zone = moment.tzinfo
        buckets.setdefault(moment.timestamp() // step * step, []).append(value)
    for start, values in sorted(buckets.items()):
        yield datetime.fromtimestamp(start, tz=zone), values


def time_marks(*, since: datetime, until: datetime, width: int, parts: int = 4) -> list[TimeMark]:
    """Times under the chart in the person's zone, at equal distances; days when it spans days."""
    span = until - since
    pattern = "%a %d" if span > timedelta(days=2) else "%H:%M"
    anchors = {0: "start", parts: "end"}
    return [
        TimeMark(
            width * part / parts,
            timezone.localtime(since + span * part / parts).strftime(pattern),
            anchors.get(part, "middle"),
        )
        for part in range(parts + 1)
    ]
