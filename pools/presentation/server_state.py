"""A server's state in one word, and a pool's: pure reading of columns that the sweep wrote.

The four health values stay apart on the server's own page (domain.md 1.1). Where there is room
for one word only, this module says which of them it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from pools.domain.attention import Tone
from pools.domain.availability import IndexRange, index_range
from pools.models import DatabaseConfiguration, Server
from pools.models.server import STALE_AFTER
from pools.states import Availability, OperationKind, OverallStatus

WORST_FIRST: Final[tuple[Tone, ...]] = ("bad", "unknown", "warn", "away", "good")
NEEDS_A_PERSON: Final[frozenset[Tone]] = frozenset({"bad", "warn", "unknown"})
# What `word_for` reads of a server. Four hundred whole rows would take half the budget of a page.
WORD_COLUMNS = (
    "domino_name",
    "retired_at",
    "availability",
    "availability_index",
    "overall_status",
    "status_reasons",
    "constrained",
    "swept_at",
    "failure",
)


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
    if index is IndexRange.DRAINED:
        return StateWord(
            "away", "drained", "Takes no new syncs; serves the users that are bound to it."
        )
    if server.overall_status == OverallStatus.YELLOW:
        return StateWord("warn", "yellow", " ".join(server.reasons))
    if server.availability == Availability.AVAILABLE:
        return StateWord("good", "available", server.failure)
    return StateWord("unknown", "not known", server.failure)


def service_action(server: Server) -> OperationKind | None:
    """Drain or resume service, whichever fits the server's state; None where neither does."""
    if server.retired_at is not None:
        return None
    if index_range(server.availability_index) is IndexRange.DRAINED:
        return OperationKind.RESUME_SERVICE
    return OperationKind.DRAIN if server.availability == Availability.AVAILABLE else None


def word_for_database(database: DatabaseConfiguration) -> StateWord | None:
    """What the last check of a pool's database found; None while nobody has checked it."""
    if database.checked_at is None:
        return None
    if not database.reachable:
        return StateWord("bad", "database does not answer")
    return StateWord("good", "database answers")


def word_for_pool(words: Sequence[StateWord], database: StateWord | None = None) -> StateWord:
    """Every state of its servers with how many are so, worst first, in the tone of the worst; a
    database in trouble comes first, for no server works without it."""
    trouble = [database] if database is not None and database.tone == "bad" else []
    counts = Counter((word.tone, word.word) for word in words)
    ordered = sorted(counts, key=lambda state: WORST_FIRST.index(state[0]))
    if len(ordered) > 1 or trouble:
        servers = [f"{counts[state]} {state[1]}" for state in ordered]
    elif ordered:
        servers = [ordered[0][1] if len(words) == 1 else f"all {ordered[0][1]}"]
    else:
        servers = ["no server yet"]
    tones: list[Tone] = [word.tone for word in (*trouble, *words)] or ["unknown"]
    worst = min(tones, key=WORST_FIRST.index)
    return StateWord(worst, ", ".join([*(word.word for word in trouble), *servers]))
