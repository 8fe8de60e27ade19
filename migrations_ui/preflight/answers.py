"""Checks that later steps will understand this server: its own answers, read by the same parsers.

Start waits for an overall status, Check membership for “alive”, Configure for what travelerUtil
says. What cannot be read is found here, before anything is stopped, with the word that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import (
    Check,
    CheckVerdict,
    blocker,
    blocks_migration_only,
    later,
    not_checked,
    passed,
    warning,
)
from pools.states import OverallStatus

GROUP = "server"
LONGEST_QUOTE = 300


def shell_is_quiet(facts: Facts) -> CheckVerdict:
    if facts.host.failure:
        return not_checked(facts)
    if not_seen := facts.host.unseen.get("noise"):
        return later(f"Not seen. {not_seen}")
    if not facts.host.noise:
        return passed("The login shell says nothing by itself.")
    return warning(
        f"The login shell prints at any command: {quoted(facts.host.noise)} These lines are left "
        "out of every answer.",
        "Have it greet and warn only where somebody types.",
    )


def status_readable(facts: Facts) -> CheckVerdict:
    if facts.host.failure:
        return not_checked(facts)
    if facts.host.running is None:
        return blocker(
            f"Whether Domino runs cannot be seen. {_why(facts, 'running', 'noise')}".strip(),
            f"Correct the status command in the command profile {facts.host.profile}.",
        )
    status = facts.host.status
    if not facts.host.running or (status is not None and status.is_stopped):
        return later("No Traveler runs now: whether its status can be read shows at its start.")
    if status is None:
        return blocker(
            f"The server does not say its status. {_why(facts, 'status')}".strip(),
            "Let Traveler answer, or correct the command in the command profile "
            f"{facts.host.profile}, then check again.",
        )
    if status.overall is OverallStatus.UNKNOWN:
        return blocker(
            f"The answer to the status command is not understood: {quoted(status.unread)}",
            "Put what leads to the colour into “overall”, and the colour's name into “green”, "
            f"“yellow” or “red”: {_where(facts)}",
        )
    return passed(f"Read as {status.overall.label}.")


def members_readable(facts: Facts) -> CheckVerdict:
    if facts.host.failure:
        return not_checked(facts)
    shown = facts.host.members
    if shown is None:
        return later("No pool is listed yet: whether the list can be read shows after joining.")
    if not shown.members:
        return blocker(
            f"The list of the pool's members is not understood: {quoted(shown.unread)}",
            f"Put the heading above the servers' names into “name”: {_where(facts)}",
        )
    unread = next((member for member in shown.members if member.alive is None), None)
    if unread is None:
        return passed(f"Read for {len(shown.members)} servers.")
    if not unread.alive_text:
        return blocker(
            f"The list of the pool's members does not say which are alive: {quoted(shown.unread)}",
            f"Put the heading of that column into “alive”: {_where(facts)}",
        )
    return blocker(
        f"The list says “{unread.alive_text}” of {unread.domino_name} where it says whether a "
        "server is alive, and that is not understood.",
        f"Put “{unread.alive_text}” into “yes” or “no”: {_where(facts)}",
    )


def utility_readable(facts: Facts) -> CheckVerdict:
    if facts.host.failure:
        return not_checked(facts)
    outcome = facts.host.check
    if outcome is None:
        return later(
            f"What travelerUtil db check prints could not be tried. {_why(facts, 'check')}".strip()
        )
    if outcome.passed is None:
        return blocker(
            f"What travelerUtil db check prints is not understood: {quoted(outcome.messages)}",
            f"Put its word for right or wrong into “valid” or “failed”: {_where(facts)}",
        )
    return passed("Its verdict can be read.")


def quoted(lines: Sequence[str]) -> str:
    """What was printed, as far as a finding has room for it."""
    text = " / ".join(line.strip() for line in lines if line.strip()) or "nothing"
    return f"“{text[:LONGEST_QUOTE]}{'…' if len(text) > LONGEST_QUOTE else ''}”."


def _why(facts: Facts, *parts: str) -> str:
    return next((facts.host.unseen[part] for part in parts if part in facts.host.unseen), "")


def _where(facts: Facts) -> str:
    return f"answer words of the command profile {facts.host.profile}. Then check again."


CHECKS: tuple[Check, ...] = (
    Check("shell_noise", GROUP, "Login shell", shell_is_quiet, stands=True),
    Check("status_read", GROUP, "Overall status can be read", status_readable),
    Check(
        "members_read",
        GROUP,
        "List of the pool's members can be read",
        blocks_migration_only(members_readable),
    ),
    Check("check_read", GROUP, "travelerUtil can be read", blocks_migration_only(utility_readable)),
)
