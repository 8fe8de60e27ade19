"""How long the server will be stopped: asked before every run, because a start stops it."""

from __future__ import annotations

import math
from datetime import timedelta

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import Check, CheckVerdict, passed
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


def outage(facts: Facts) -> CheckVerdict:
    """How long the server will be down; known better after the first run."""
    if facts.host.running is False:
        return passed("The server is down already, and stays so.")
    if facts.rehearsal is not None:
        return passed(_rehearsal(facts))
    return passed(_vendor(facts) if facts.outage.server_moves_data else _migration(facts))


def longest_outage(facts: Facts) -> int:
    """After so many seconds a rehearsal starts the server again, whatever it has read by then:
    twice the forecast, in whole minutes, and some for a Domino that ends slowly."""
    if facts.rehearsal is None or facts.host.traveler_bytes is None:
        return UNKNOWN_SIZE_SECONDS
    return max(LEAST_SECONDS, MINUTE * math.ceil(2 * _seconds(facts) / MINUTE))


def _rehearsal(facts: Facts) -> str:
    at_most = in_two_units(timedelta(seconds=longest_outage(facts)))
    promise = f"If that is not done after {at_most}, the rehearsal gives up and starts the server."
    if facts.host.traveler_bytes is None:
        return (
            "The server is stopped while its files are read. How long is not known: their size "
            f"could not be seen. {promise}"
        )
    return (
        f"The server is stopped for about {_about(facts)}, while {_reading(facts)}; then it runs "
        f"again, before the copy. {promise}"
    )


def _migration(facts: Facts) -> str:
    rest = (
        "Then the copy and the comparison of its rows, and the time until you approve the "
        "cut-over; a rehearsal measures these."
    )
    if facts.host.traveler_bytes is None:
        return (
            "The server is stopped until you approve the cut-over. How long its backup takes is "
            f"not known: the size of its files could not be seen. {rest}"
        )
    return (
        f"The server is stopped until you approve the cut-over: about {_about(facts)} for stop, "
        f"backup and start, while {_reading(facts)}. {rest}"
    )


def _vendor(facts: Facts) -> str:
    rest = (
        "Then the time until you approve the cut-over, and its own transfer, which may take hours."
    )
    if facts.host.traveler_bytes is None:
        return f"The server is stopped; how long its backup takes is not known. {rest}"
    return (
        f"The server is stopped: about {_about(facts)} for stop, backup and start, while "
        f"{_reading(facts)}. {rest}"
    )


def _about(facts: Facts) -> str:
    return in_two_units(timedelta(seconds=_seconds(facts)))


def _reading(facts: Facts) -> str:
    basis = "as measured in earlier runs" if facts.outage.bytes_per_second else "our assumption"
    return (
        f"{(facts.host.traveler_bytes or 0) / MEGABYTE:,.0f} MB are read "
        f"({_rate(facts) / MEGABYTE:,.0f} MB a second, {basis})"
    )


def _seconds(facts: Facts) -> float:
    read = (facts.host.traveler_bytes or 0) / _rate(facts)
    return read + facts.outage.drain_seconds + STOP_AND_START_SECONDS


def _rate(facts: Facts) -> float:
    return facts.outage.bytes_per_second or ASSUMED_BYTES_PER_SECOND


CHECKS: tuple[Check, ...] = (Check("outage", "server", "Time the server is stopped", outage),)
