"""The check that only a rehearsal asks: room of its own in the database."""

from __future__ import annotations

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import (
    Check,
    CheckVerdict,
    blocker,
    not_checked_in_database,
    passed,
)

NOT_ASKED = passed("Only a rehearsal asks this.")


def scratch_may_be_created(facts: Facts) -> CheckVerdict:
    rehearsal = facts.rehearsal
    if rehearsal is None:
        return NOT_ASKED
    if facts.database.automatic_schema is None:
        return blocker(
            "The pool's tables are not of this console's making, and it can make none like them "
            f"in {rehearsal.scratch}.",
            "Migrate without a rehearsal: in the compatibility check every value is compared with "
            "the pool's tables before a row is written.",
        )
    if facts.database.report.ending is not None:
        return not_checked_in_database(facts)
    if rehearsal.may_create is None:
        return blocker(
            f"It could not be asked whether the login may create {rehearsal.scratch}. "
            f"{rehearsal.failure}",
            "Make the database reachable, then check again.",
        )
    if not rehearsal.may_create:
        return blocker(
            f"The login may not create {rehearsal.scratch}, and a rehearsal leaves the pool's own "
            "tables alone.",
            f"Have the DBA run: {rehearsal.grant}. Then check again.",
        )
    return passed(f"{rehearsal.scratch} can be made; it is dropped at the end.")


CHECKS: tuple[Check, ...] = (
    Check("scratch", "database", "Scratch schema", scratch_may_be_created, for_rehearsal=True),
)
