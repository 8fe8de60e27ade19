"""`tell traveler status`: the overall status and its reasons, in the documented sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pools.gateways.parsing import console_lines
from pools.gateways.parsing.words import GIVEN, AnswerWords, find
from pools.states import OverallStatus

_LAST_SYNC = re.compile(r"last successful device sync was on (?P<when>.+?)\.?$", re.IGNORECASE)
# A heading is short; a reason may speak of the same.
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class TravelerStatus:
    """Dates are kept as printed: their zone names (EDT) are ambiguous (domain.md 1).

    `is_stopped`: the console said that no Traveler runs.
    """

    overall: OverallStatus = OverallStatus.UNKNOWN
    running_since: str = ""
    last_sync: str = ""
    yellow: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_stopped: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not green, the worst first."""
        return self.red + self.yellow


def parse(text: str, words: AnswerWords = GIVEN) -> TravelerStatus:
    """Read the console's answer; never raises."""
    overall, running_since, last_sync, is_stopped = OverallStatus.UNKNOWN, "", "", False
    reasons: dict[OverallStatus | None, list[str]] = {
        OverallStatus.YELLOW: [],
        OverallStatus.RED: [],
    }
    unread: list[str] = []
    collecting: list[str] | None = None
    for line in console_lines.texts(text):
        said = line.strip()
        if not said:
            continue
        if find(words.overall, said):
            overall, collecting = _overall(said, words, unread), None
        elif since := find(words.running, said):
            running_since = said[since.end() :].strip(" .:")
        elif match := _LAST_SYNC.search(said):
            last_sync = match["when"]
        elif (colour := _heading(said, words)) in reasons:
            collecting = reasons[colour]
        elif collecting is not None:
            collecting.append(said)
        else:
            is_stopped = is_stopped or find(words.stopped, said) is not None
            unread.append(said)
    return TravelerStatus(
        overall,
        running_since,
        last_sync,
        tuple(reasons[OverallStatus.YELLOW]),
        tuple(reasons[OverallStatus.RED]),
        tuple(unread),
        is_stopped and overall is OverallStatus.UNKNOWN,
    )


def _overall(line: str, words: AnswerWords, unread: list[str]) -> OverallStatus:
    colours = _colours(line, words)
    if len(colours) == 1:
        return colours[0]
    unread.append(line)
    return OverallStatus.UNKNOWN


def _heading(line: str, words: AnswerWords) -> OverallStatus | None:
    if len(line) > _LONGEST_HEADING or not find(words.messages, line):
        return None
    colours = _colours(line, words)
    return colours[0] if len(colours) == 1 else None


def _colours(line: str, words: AnswerWords) -> list[OverallStatus]:
    meanings = (
        (OverallStatus.GREEN, words.green),
        (OverallStatus.YELLOW, words.yellow),
        (OverallStatus.RED, words.red),
    )
    return [colour for colour, spelled in meanings if find(spelled, line)]
