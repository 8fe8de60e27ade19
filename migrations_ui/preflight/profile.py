"""Check of the command profile: what a vendor transfer is followed by can be used at all."""

from __future__ import annotations

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import Check, CheckVerdict, blocker, passed, warning

GROUP = "server"


def patterns_usable(facts: Facts) -> CheckVerdict:
    """A pattern that was stored before patterns were held to RE2 stops the step Follow."""
    refused, profile = facts.server.refused_patterns, facts.server.profile
    if not refused:
        return passed("All patterns can be used.")
    listed = " ".join(f"The {label}: {reason}" for label, reason in refused.items())
    fields = " and ".join(f"“{label.capitalize()}”" for label in refused)
    judge = blocker if facts.outage.server_moves_data else warning
    return judge(
        f"In the command profile {profile} a pattern cannot be used. {listed}",
        f"In the command profile {profile}, write {fields} again without look-ahead, look-behind "
        "and back-references (RE2 syntax), or leave it empty. Then check again.",
    )


def derby_set_aside(facts: Facts) -> CheckVerdict:
    """What becomes of the server's own database at its first start on the pool."""
    derby, profile = facts.host.derby_directory, facts.server.profile
    if facts.outage.server_moves_data:
        return passed(f"{derby} stays: the server transfers it by itself.")
    if facts.rehearsal is not None:
        return passed(f"{derby} stays: a rehearsal only reads it.")
    if facts.server.sets_derby_aside:
        return passed(
            f"{derby} is renamed before the server first starts on the pool, so that it does not "
            "transfer the same rows again; a rollback puts it back."
        )
    return warning(
        f"{derby} stays in its place when the server first starts on the pool: it may transfer the "
        "same rows again by itself.",
        f"Turn “Set Derby aside” on in the command profile {profile}, unless you know that this "
        "server does not.",
    )


CHECKS: tuple[Check, ...] = (
    Check("derby_aside", GROUP, "Derby after the cut-over", derby_set_aside),
    Check("profile_patterns", GROUP, "Patterns of the command profile", patterns_usable),
)
