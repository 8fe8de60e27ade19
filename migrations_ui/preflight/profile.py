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


CHECKS: tuple[Check, ...] = (
    Check("profile_patterns", GROUP, "Patterns of the command profile", patterns_usable),
)
