"""A row of figures as the path of a small SVG chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

WIDTH = 300
HEIGHT = 36
MARGIN = 2
FEWEST = 2  # One point is no line.
MOST = 60  # A long run is drawn as the means of equal stretches.


@dataclass(frozen=True, slots=True)
class Spark:
    """`line` and `area` are the `d` of two SVG paths in a view box of WIDTH × HEIGHT."""

    line: str
    area: str
    lowest: int
    highest: int


def draw_spark(values: Sequence[int]) -> Spark | None:
    """The chart of two values or more, from zero up; None when there is nothing to draw."""
    if len(values) < FEWEST:
        return None
    drawn = _thinned(values)
    highest = max(values)
    step = WIDTH / (len(drawn) - 1)
    room = HEIGHT - 2 * MARGIN
    points = [
        f"{position * step:.1f} {HEIGHT - MARGIN - room * value / (highest or 1):.1f}"
        for position, value in enumerate(drawn)
    ]
    line = "M" + " L".join(points)
    return Spark(
        line=line,
        area=f"{line} L{WIDTH} {HEIGHT} L0 {HEIGHT}Z",
        lowest=min(values),
        highest=highest,
    )


def _thinned(values: Sequence[int]) -> list[float]:
    """At most MOST values, each the mean of its stretch."""
    length = -(-len(values) // MOST)
    return [fmean(values[start : start + length]) for start in range(0, len(values), length)]
