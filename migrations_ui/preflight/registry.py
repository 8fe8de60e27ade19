"""All checks, in the order of the report."""

from __future__ import annotations

from migrations_ui.preflight import database, network, pool, rehearsal, server
from migrations_ui.preflight.verdict import Check

CHECKS: tuple[Check, ...] = (
    *server.CHECKS,
    *database.CHECKS,
    *rehearsal.CHECKS,
    *pool.CHECKS,
    *network.CHECKS,
)
