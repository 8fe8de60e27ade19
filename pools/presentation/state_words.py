"""Single facts as a shape and a word: each health value, a database, a finding, an operation.

The four health values stay apart (domain.md 1.1); `server_state.py` says which of them counts
where there is room for one word only.
"""

from __future__ import annotations

from pools.domain.attention import Tone
from pools.domain.availability import IndexRange, index_range
from pools.models import DatabaseConfiguration, DatabaseFinding, Operation, Server, TravelerUser
from pools.presentation.server_state import StateWord
from pools.states import Availability, OperationStatus, OverallStatus, Severity

NOT_KNOWN = StateWord("unknown", "not known")
MINUS = "\N{MINUS SIGN}"
OF_AVAILABILITY: dict[str, StateWord] = {
    Availability.AVAILABLE: StateWord("good", "available"),
    Availability.UNAVAILABLE: StateWord("bad", "unavailable"),
}
OF_OPERATION: dict[str, StateWord] = {
    OperationStatus.QUEUED: StateWord("unknown", "queued"),
    OperationStatus.RUNNING: StateWord("away", "running"),
    OperationStatus.SUCCEEDED: StateWord("good", "succeeded"),
    OperationStatus.FAILED: StateWord("bad", "failed"),
}
OF_SEVERITY: dict[str, StateWord] = {
    Severity.BLOCKER: StateWord("bad", "blocker"),
    Severity.WARNING: StateWord("warn", "warning"),
    Severity.INFORMATION: StateWord("unknown", "note"),
}


def availability_word(server: Server) -> StateWord:
    """Whether the task runs and is reached."""
    return OF_AVAILABILITY.get(server.availability, NOT_KNOWN)


def index_word(server: Server) -> StateWord:
    """The availability index, with what a negative one means."""
    index = server.availability_index
    if index is None:
        return NOT_KNOWN
    shown = f"{index}".replace("-", MINUS)
    match index_range(index):
        case IndexRange.DRAINED:
            return StateWord("away", f"{shown}, drained")
        case IndexRange.CONSTRAINED:
            return StateWord("warn", f"{shown}, constrained")
        case IndexRange.AVAILABLE:
            return StateWord("good", shown)
        case _:
            return StateWord("unknown", shown)


def overall_word(server: Server) -> StateWord:
    """The worst condition the server reports; a green that was not confirmed is not green."""
    tones: dict[str, Tone] = {
        OverallStatus.GREEN: "unknown" if server.failure else "good",
        OverallStatus.YELLOW: "warn",
        OverallStatus.RED: "bad",
    }
    tone = tones.get(server.overall_status)
    return NOT_KNOWN if tone is None else StateWord(tone, server.overall_status.capitalize())


def constrained_word(server: Server) -> StateWord:
    """Whether new syncs are answered “busy”."""
    if server.constrained is None:
        return NOT_KNOWN
    return StateWord("warn", "yes") if server.constrained else StateWord("good", "no")


def connection_word(database: DatabaseConfiguration) -> StateWord:
    """Whether the last check could open the database."""
    if database.checked_at is None:
        return StateWord("unknown", "not checked yet")
    return (
        StateWord("good", "answers") if database.reachable else StateWord("bad", "does not answer")
    )


def finding_word(finding: DatabaseFinding) -> StateWord:
    """A finding that passed, or how much it matters."""
    return StateWord("good", "OK") if finding.passed else OF_SEVERITY[finding.severity]


def operation_word(operation: Operation) -> StateWord:
    return OF_OPERATION[operation.status]


def mail_access_word(person: TravelerUser, *, fresh: bool) -> StateWord:
    """Whether the server may open the mail file; an old answer is neither good nor bad."""
    if person.mail_access is None:
        return StateWord("unknown", "unknown")
    if person.mail_access:
        return StateWord("good" if fresh else "unknown", "accessible")
    return StateWord("bad" if fresh else "unknown", "not accessible")


def monitoring_word(person: TravelerUser, *, fresh: bool) -> StateWord:
    """Whether the server watches for new mail."""
    if person.monitoring is None:
        return StateWord("unknown", "unknown")
    if person.monitoring:
        return StateWord("good" if fresh else "unknown", "active")
    return StateWord("warn" if fresh else "unknown", "not active")
