"""How many rows were there at which moment: what is sampled of a copy, and what lay between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

SHORTEST_SAMPLE = timedelta(seconds=0.1)
SAMPLES_PER_DURATION = 200


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
    # The first of a stretch: the reader and its connections had to be started in it.
    starts: bool = False

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


@dataclass(slots=True)
class Sampler:
    """Takes samples of one stretch of work, at commits; they wait in `taken` to be kept.

    They grow rarer as it grows longer: some hundreds, however long it takes.
    """

    began: datetime | None = None
    last: datetime | None = None
    taken: list[Sample] = field(default_factory=list)

    def begin(self, at: datetime, rows: int) -> None:
        """The first table is about to be copied; a call for a later one adds nothing."""
        if self.began is None:
            self.began = self.last = at
            self.taken.append(Sample(at, rows, resumes=True))

    def committed(self, at: datetime, rows: int) -> None:
        if self.began is None or self.last is None:
            self.begin(at, rows)
        elif at - self.last >= max(SHORTEST_SAMPLE, (at - self.began) / SAMPLES_PER_DURATION):
            self.last = at
            self.taken.append(Sample(at, rows))


def intervals(samples: Sequence[Sample]) -> list[Interval]:
    """Between each two samples in which somebody copied."""
    return [
        Interval(
            (later.at - earlier.at).total_seconds(),
            max(0, later.rows - earlier.rows),
            starts=earlier.resumes,
        )
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
