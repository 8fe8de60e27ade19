"""How long a server has been down for its migration, and when it serves again. Pure.

Down is from the beginning of Stop until the step after which the server serves; nobody can say how
much of it a person takes at the gate, so that is left out of what is expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from migrations_ui.progress.eta import LEAST_SPREAD


@dataclass(frozen=True, slots=True)
class StepTimes:
    """A step between Stop and the server's return. `expected` None: no run has measured it."""

    label: str
    began_at: datetime | None
    ended_at: datetime | None
    expected: timedelta | None
    waits_for_person: bool = False

    def taken(self, now: datetime) -> timedelta:
        """So far; nothing before it begins."""
        if self.began_at is None:
            return timedelta()
        return max(timedelta(), (self.ended_at or now) - self.began_at)


@dataclass(frozen=True, slots=True)
class StepShare:
    """A step's part of the outage: what it has taken, and what it is expected to take in all."""

    label: str
    taken: timedelta
    expected: timedelta | None
    has_ended: bool
    waits_for_person: bool


@dataclass(frozen=True, slots=True)
class OutageClock:
    """`expected` is the whole outage without a person's time; None where a step was never measured.

    `remaining` is None once it is over and while it cannot be said. Where a person has to act
    before the server is back (`needs_person`), that takes as long as it takes: `until_person` is
    the part of `remaining` before it. `overdue` is by how much it lasts longer than expected.
    """

    began_at: datetime
    ended_at: datetime | None
    down: timedelta
    shares: tuple[StepShare, ...]
    expected: timedelta | None
    remaining: timedelta | None
    until_person: timedelta | None
    spread: timedelta | None
    needs_person: bool
    overdue: timedelta | None

    @property
    def after_person(self) -> timedelta | None:
        """From a person's approval to the server's return."""
        if self.remaining is None or self.until_person is None:
            return None
        return self.remaining - self.until_person


def read_clock(
    steps: Sequence[StepTimes],
    *,
    now: datetime,
    ended_at: datetime | None,
    waited: timedelta = timedelta(),
    left_of_current: timedelta | None = None,
    spread_of_current: timedelta | None = None,
    stands_still: bool = False,
    goes_back: bool = False,
) -> OutageClock | None:
    """`steps` from Stop to the server's return, in order; None while Stop has not begun.

    `waited` is the time that a person took so far, which nothing expected. `left_of_current` is
    what is known better of the step under way. Of a run that `stands_still` nobody can say when it
    goes on; one that `goes_back` ends sooner than the steps.
    """
    if not steps or steps[0].began_at is None:
        return None
    began_at = steps[0].began_at
    down = (ended_at or now) - began_at
    expected = _sum([step.expected for step in steps if not step.waits_for_person])
    remaining = until_person = spread = None
    asks = [step.waits_for_person and step.ended_at is None for step in steps]
    if ended_at is None and not goes_back and not stands_still:
        remaining = _remaining(steps, now, left_of_current)
        if any(asks):
            until_person = _remaining(steps[: asks.index(True)], now, left_of_current)
        if remaining is not None:
            spread = max(spread_of_current or timedelta(), remaining * LEAST_SPREAD)
    return OutageClock(
        began_at=began_at,
        ended_at=ended_at,
        down=down,
        shares=tuple(
            StepShare(
                step.label,
                step.taken(now),
                step.expected,
                step.ended_at is not None,
                step.waits_for_person,
            )
            for step in steps
        ),
        expected=expected,
        remaining=remaining,
        until_person=until_person,
        spread=spread,
        needs_person=ended_at is None and not goes_back and (stands_still or any(asks)),
        overdue=None if goes_back else _overdue(down - waited, expected),
    )


def _remaining(
    steps: Sequence[StepTimes], now: datetime, left_of_current: timedelta | None
) -> timedelta | None:
    left: list[timedelta | None] = []
    for step in steps:
        if step.waits_for_person or step.ended_at is not None:
            continue
        if step.began_at is not None and left_of_current is not None:
            left.append(left_of_current)
        elif step.expected is None:
            left.append(None)
        else:
            left.append(max(timedelta(), step.expected - step.taken(now)))
    return _sum(left)


def _overdue(worked: timedelta, expected: timedelta | None) -> timedelta | None:
    """Within the spread of any forecast nobody is alarmed."""
    if expected is None or worked <= expected * (1 + LEAST_SPREAD):
        return None
    return worked - expected


def _sum(parts: Sequence[timedelta | None]) -> timedelta | None:
    """None where one is not known."""
    known = [part for part in parts if part is not None]
    return sum(known, timedelta()) if len(known) == len(parts) else None
