"""`tell traveler status`: the overall status and its reasons, in the documented sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.gateways.parsing import console_lines
from pools.states import OverallStatus

_OVERALL = re.compile(r"overall status(?: of .{0,60}?)? is (?P<word>\w+)", re.IGNORECASE)
_RUNNING_SINCE = re.compile(r"task has been running since (?P<when>.+?)\.?$", re.IGNORECASE)
_LAST_SYNC = re.compile(r"last successful device sync was on (?P<when>.+?)\.?$", re.IGNORECASE)
_HEADING = re.compile(r"(?P<colour>yellow|red) status messages:?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TravelerStatus:
    """Dates are kept as printed: their zone names (EDT) are ambiguous (domain.md 1)."""

    overall: OverallStatus = OverallStatus.UNKNOWN
    running_since: str = ""
    last_sync: str = ""
    yellow: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not green, the worst first."""
        return self.red + self.yellow


def parse(text: str) -> TravelerStatus:
    """Read the console's answer; never raises."""
    overall, running_since, last_sync = OverallStatus.UNKNOWN, "", ""
    reasons: dict[str, list[str]] = {"yellow": [], "red": []}
    unread: list[str] = []
    collecting: list[str] | None = None
    for line in console_lines.texts(text):
        words = line.strip()
        if not words:
            continue
        if match := _OVERALL.search(words):
            overall, collecting = _overall(match["word"], unread, words), None
        elif match := _RUNNING_SINCE.search(words):
            running_since = match["when"]
        elif match := _LAST_SYNC.search(words):
            last_sync = match["when"]
        elif match := _HEADING.search(words):
            collecting = reasons[match["colour"].casefold()]
        elif collecting is not None:
            collecting.append(words)
        else:
            unread.append(words)
    return TravelerStatus(
        overall,
        running_since,
        last_sync,
        tuple(reasons["yellow"]),
        tuple(reasons["red"]),
        tuple(unread),
    )


def _overall(word: str, unread: list[str], line: str) -> OverallStatus:
    if word.casefold() in OverallStatus.values:
        return OverallStatus(word.casefold())
    unread.append(line)
    return OverallStatus.UNKNOWN
