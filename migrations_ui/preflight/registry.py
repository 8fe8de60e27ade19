"""All checks, in the order of the report, and what can only be checked later."""

from __future__ import annotations

from migrations_ui.preflight import (
    answers,
    backup,
    database,
    network,
    notes_ini,
    outage,
    pool,
    profile,
    rehearsal,
    server,
)
from migrations_ui.preflight.verdict import Check, LaterCheck

CHECKS: tuple[Check, ...] = (
    *server.CHECKS,
    *backup.CHECKS,
    *answers.CHECKS,
    *profile.CHECKS,
    *notes_ini.CHECKS,
    *database.CHECKS,
    *rehearsal.CHECKS,
    *outage.CHECKS,
    *pool.CHECKS,
    *network.CHECKS,
)

# Ids of those whose warning no second look takes away.
STANDING = frozenset(check.check_id for check in CHECKS if check.stands)

LATER: tuple[LaterCheck, ...] = (
    LaterCheck(
        "compatibility",
        "server",
        "Every value fits the pool's tables",
        "Derby lets nobody read while Traveler runs. Every value is measured in the compatibility "
        "check, once the database has been fetched and before the first row is written.",
    ),
)
