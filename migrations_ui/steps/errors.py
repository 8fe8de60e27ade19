"""How a step ends when it does not end well."""

from __future__ import annotations


class StepError(Exception):
    """The step did not come to its end."""


class StepFailed(StepError):
    """The step found something that a person has to mend."""

    def __init__(self, seen: str, *, remedy: str) -> None:
        super().__init__(f"{seen} {remedy}")
        self.seen = seen
        self.remedy = remedy


class Interrupted(StepError):
    """Someone paused or cancelled, or another worker took over; the step will be run again."""
