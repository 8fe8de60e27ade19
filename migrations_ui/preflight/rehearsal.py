"""Checks that only a rehearsal asks: room of its own in the database, and how long it stops the
server."""

from __future__ import annotations

import math
from datetime import timedelta

from migrations_ui.preflight.facts import Facts, RehearsalFacts
from migrations_ui.preflight.verdict import Check, Verdict, blocker, passed
from pools.domain.durations import in_two_units

MEGABYTE = 1024 * 1024
# Ours, for a console that has not measured a backup yet: SFTP, archiving and reading back.
ASSUMED_BYTES_PER_SECOND = 20 * MEGABYTE
# Domino has to end and to come up again.
STOP_AND_START_SECONDS = 60
MINUTE = 60
# The most where the size of the files could not be seen.
UNKNOWN_SIZE_SECONDS = 60 * MINUTE
LEAST_SECONDS = 10 * MINUTE
NOT_ASKED = passed("Only a rehearsal asks this.")


def scratch_may_be_created(facts: Facts) -> Verdict:
    rehearsal = facts.rehearsal
    if rehearsal is None:
        return NOT_ASKED
    if facts.database.automatic_schema is None:
        return blocker(
            "The pool's tables are not of this console's making, and it can make none like them "
            f"in {rehearsal.scratch}.",
            "Move without a rehearsal: in the step Fit every value is compared with the pool's "
            "tables before a row is written.",
        )
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


def outage(facts: Facts) -> Verdict:
    """How long the server will be down; known better after the first run."""
    rehearsal = facts.rehearsal
    if rehearsal is None:
        return NOT_ASKED
    if facts.host.running is False:
        return passed("The server is down already, and stays so.")
    at_most = in_two_units(timedelta(seconds=longest_outage(facts)))
    promise = f"If that is not done after {at_most}, the rehearsal gives up and starts the server."
    if facts.host.traveler_bytes is None:
        return passed(
            "The server is stopped while its files are read. How long is not known: their size "
            f"could not be seen. {promise}"
        )
    basis = "as measured in earlier runs" if rehearsal.bytes_per_second else "our assumption"
    seconds = _foretold(facts.host.traveler_bytes, rehearsal)
    return passed(
        f"The server is stopped for about {in_two_units(timedelta(seconds=seconds))}, while "
        f"{facts.host.traveler_bytes / MEGABYTE:,.0f} MB are read "
        f"({_rate(rehearsal) / MEGABYTE:,.0f} MB a second, {basis}); then it runs again, before "
        f"the copy. {promise}"
    )


def longest_outage(facts: Facts) -> int:
    """After so many seconds a rehearsal starts the server again, whatever it has read by then:
    twice the time foretold, in whole minutes, and some for a Domino that ends slowly."""
    if facts.rehearsal is None or facts.host.traveler_bytes is None:
        return UNKNOWN_SIZE_SECONDS
    foretold = _foretold(facts.host.traveler_bytes, facts.rehearsal)
    return max(LEAST_SECONDS, MINUTE * math.ceil(2 * foretold / MINUTE))


def _foretold(size: int, rehearsal: RehearsalFacts) -> float:
    return size / _rate(rehearsal) + rehearsal.drain_seconds + STOP_AND_START_SECONDS


def _rate(rehearsal: RehearsalFacts) -> float:
    return rehearsal.bytes_per_second or ASSUMED_BYTES_PER_SECOND


CHECKS: tuple[Check, ...] = (
    Check("scratch", "database", "Scratch schema", scratch_may_be_created, for_rehearsal=True),
    Check("outage", "server", "Time the server is stopped", outage, for_rehearsal=True),
)
