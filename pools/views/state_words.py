"""A server's state in one word, and a pool's: pure reading of columns that the sweep wrote.

The four health values stay apart on the server's own page (domain.md 1.1). Where there is room
for one word only, this module says which of them it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.utils import timezone

from pools.domain.availability import IndexRange, index_range
from pools.models import Server
from pools.models.server import STALE_AFTER
from pools.states import Availability, OperationKind, OverallStatus

Tone = Literal["good", "warn", "bad", "away", "unknown"]

WORST_FIRST: Final[tuple[Tone, ...]] = ("bad", "unknown", "warn", "away", "good")
NEEDS_A_PERSON: Final[frozenset[Tone]] = frozenset({"bad", "warn", "unknown"})


@dataclass(frozen=True, slots=True)
class StateWord:
    """Shape and colour (`tone`), the word beside them, and why in a sentence."""

    tone: Tone
    word: str
    reason: str = ""

    @property
    def needs_a_person(self) -> bool:
        return self.tone in NEEDS_A_PERSON


def is_outdated(moment: datetime | None, *, after: timedelta = STALE_AFTER) -> bool:
    """True when a figure of that moment is older than its schedule allows."""
    return moment is None or timezone.now() - moment > after


def word_for(server: Server) -> StateWord:
    """Nothing old is ever green; unavailable hides red, red hides constrained, and so on."""
    if server.swept_at is None:
        return StateWord("unknown", "not checked yet", "The first check has not run yet.")
    if is_outdated(server.swept_at):
        return StateWord(
            "unknown",
            f"last seen {server.get_availability_display()}",
            "The console has not checked this server lately. Devices may be fine.",
        )
    if server.availability == Availability.UNAVAILABLE:
        return StateWord("bad", "unavailable", server.failure)
    return _word_while_it_runs(server)


def _word_while_it_runs(server: Server) -> StateWord:
    index = index_range(server.availability_index)
    if server.overall_status == OverallStatus.RED:
        return StateWord("bad", "red", " ".join(server.reasons))
    if server.constrained or index is IndexRange.CONSTRAINED:
        return StateWord(
            "warn", "constrained", "New syncs are answered “busy”; those that run go on."
        )
    if index is IndexRange.WITHDRAWN:
        return StateWord(
            "away", "withdrawn", "Takes no new syncs; serves the users that are bound to it."
        )
    if server.overall_status == OverallStatus.YELLOW:
        return StateWord("warn", "yellow", " ".join(server.reasons))
    if server.availability == Availability.AVAILABLE:
        return StateWord("good", "available", server.failure)
    return StateWord("unknown", "not known", server.failure)


def service_action(server: Server) -> OperationKind | None:
    """Withdraw or restore, whichever fits the server's state; None where neither does."""
    if server.retired_at is not None:
        return None
    if index_range(server.availability_index) is IndexRange.WITHDRAWN:
        return OperationKind.RESTORE
    return OperationKind.WITHDRAW if server.availability == Availability.AVAILABLE else None


def word_for_pool(words: Sequence[StateWord]) -> StateWord:
    """The worst of the servers, with how many of them are so."""
    if not words:
        return StateWord("unknown", "no server yet")
    worst = min((word.tone for word in words), key=WORST_FIRST.index)
    same = [word for word in words if word.tone == worst]
    total = len(words)
    if worst == "good":
        return StateWord("good", "all available" if total > 1 else "available")
    word = same[0].word if len({word.word for word in same}) == 1 else "need you"
    return StateWord(worst, f"{len(same)} of {total} {word}")
