"""What a console line says about a server's own transfer of its data into a pool.

The vendor's lines are not documented (domain.md 6, 9), so the patterns are those of the command
profile, and its defaults are ours. They are searched in the text that `console_lines` leaves.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from pools.gateways.parsing.patterns import Found, search_pattern

# A pattern may look no further: the time that it takes grows with the text.
READ_CHARACTERS = 500
WHOLE = 100
PERCENT = "%"
# The names that a progress pattern may give to what it finds.
FIGURES = frozenset({"percent", "done", "total"})


class TransferSign(enum.Enum):
    """What a line means; most mean nothing."""

    PROGRESS = "progress"
    END = "end"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class TransferReading:
    """`done` of `total`, where the line gives both; a percentage is of 100, in the unit "%"."""

    sign: TransferSign | None = None
    done: int | None = None
    total: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TransferPatterns:
    """Empty text: nothing is recognised. The progress pattern names its groups as FIGURES."""

    progress: str
    end: str
    failure: str

    def read(self, text: str) -> TransferReading:
        """A failure outweighs an end, and that a progress. Raises PatternRefused."""
        looked_at = text[:READ_CHARACTERS]
        if _found(self.failure, looked_at):
            return TransferReading(TransferSign.FAILURE)
        if _found(self.end, looked_at):
            return TransferReading(TransferSign.END)
        found = _found(self.progress, looked_at)
        return _progress(found) if found else TransferReading()


def _found(pattern: str, text: str) -> Found | None:
    return search_pattern(pattern, text) if pattern else None


def _progress(found: Found) -> TransferReading:
    figures = found.groupdict()
    percent = _number(figures.get("percent"))
    if percent is not None and percent <= WHOLE:
        return TransferReading(TransferSign.PROGRESS, percent, WHOLE, PERCENT)
    done, total = _number(figures.get("done")), _number(figures.get("total"))
    if done is None or not total or done > total:
        # It says that it goes on, not how far.
        return TransferReading(TransferSign.PROGRESS)
    return TransferReading(TransferSign.PROGRESS, done, total)


def _number(text: str | None) -> int | None:
    """Thousands may be separated as people do it."""
    digits = re.sub(r"\D", "", text or "")
    return int(digits) if digits else None
