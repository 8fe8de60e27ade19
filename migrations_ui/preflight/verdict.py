"""The verdict of one check: outcome, what was seen, and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migrations_ui.preflight.facts import Facts
from migrations_ui.states import Outcome


@dataclass(frozen=True, slots=True)
class CheckVerdict:
    """`remedy` is empty when the check passed."""

    outcome: Outcome
    seen: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """`group` is server, database, pool or network. `look` judges and never raises.

    `for_rehearsal`: a real migration has no use for it. `stands`: its warning says how things are,
    and the next look finds the same.
    """

    check_id: str
    group: str
    title: str
    look: Callable[[Facts], CheckVerdict]
    for_rehearsal: bool = False
    stands: bool = False


@dataclass(frozen=True, slots=True)
class LaterCheck:
    """What a preflight cannot see; `seen` says why, and when it will be checked."""

    check_id: str
    group: str
    title: str
    seen: str


def passed(seen: str) -> CheckVerdict:
    return CheckVerdict(Outcome.PASSED, seen)


def warning(seen: str, remedy: str) -> CheckVerdict:
    return CheckVerdict(Outcome.WARNING, seen, remedy)


def blocker(seen: str, remedy: str) -> CheckVerdict:
    return CheckVerdict(Outcome.BLOCKER, seen, remedy)


def later(seen: str) -> CheckVerdict:
    return CheckVerdict(Outcome.LATER, seen)


def not_checked(facts: Facts) -> CheckVerdict:
    """One finding has the cause; to say it in every line would bury it."""
    cause = (
        "the host was not reached" if facts.host.failure else "the host left a command unanswered"
    )
    return later(f"Not checked, because {cause}.")


def not_checked_in_database(facts: Facts) -> CheckVerdict:
    """The finding of the line that failed has the cause."""
    cause = (
        "the connection to the database was lost"
        if facts.database.report.reachable
        else "the database cannot be opened"
    )
    return later(f"Not checked, because {cause}.")


def not_seen(facts: Facts, part: str) -> CheckVerdict:
    """A part of the host that could not be read: why, where that is known."""
    if facts.host.failure or part in facts.host.unasked:
        return not_checked(facts)
    reason = facts.host.unseen.get(part, "It could not be seen.")
    return warning(f"Not seen. {reason}", "Make it readable and check again, or look yourself.")


def blocks_migration_only(look: Callable[[Facts], CheckVerdict]) -> Callable[[Facts], CheckVerdict]:
    """The same check, for what a rehearsal never comes to: there it warns."""

    def look_and_soften(facts: Facts) -> CheckVerdict:
        found = look(facts)
        if facts.rehearsal is None or found.outcome is not Outcome.BLOCKER:
            return found
        seen = f"{found.seen} A rehearsal does without; the migration would be blocked."
        return warning(seen, found.remedy)

    return look_and_soften


def blocker_by_host(facts: Facts, part: str) -> CheckVerdict:
    """Without this a migration cannot work, so not seeing it blocks."""
    unseen = not_seen(facts, part)
    if unseen.outcome is Outcome.LATER:
        return unseen
    return blocker(unseen.seen, "Make it readable for the SSH login, then check again.")
