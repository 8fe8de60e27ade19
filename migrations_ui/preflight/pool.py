"""Checks of the pool that the server is to join."""

from __future__ import annotations

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import Check, CheckVerdict, blocker, passed, warning

GROUP = "pool"
# The vendor's sizing example: 4,000 devices want three servers of 2,000 each (domain.md 7).
USERS_PER_SERVER = 2_000


def no_other_migration(facts: Facts) -> CheckVerdict:
    if facts.pool.busy_with:
        return blocker(
            f"{facts.pool.busy_with} is under way in this pool; it takes one server at a time.",
            "Wait until that migration has ended, then check again.",
        )
    return passed("No other migration keeps the pool.")


def external_url_equal(facts: Facts) -> CheckVerdict:
    own, pools = facts.server.external_url, facts.pool.external_url
    if not own:
        return warning(
            "The external URL of this server is not known.",
            f"Make sure that its server document says {pools}.",
        )
    if own.rstrip("/").casefold() != pools.rstrip("/").casefold():
        return blocker(
            f"This server says {own}, the pool {pools}.",
            "Set the pool's URL in the server document (read at the next start) and on "
            "the server's page, then check again.",
        )
    return passed(own)


def first_server(facts: Facts) -> CheckVerdict:
    if facts.pool.versions:
        return passed(f"The pool has {len(facts.pool.versions)} servers and keeps its settings.")
    return passed("This server creates the pool, and Traveler its default settings.")


def capacity_left(facts: Facts) -> CheckVerdict:
    users, servers = facts.pool.users, len(facts.pool.versions) + 1
    if users is None:
        return warning("The number of users is not known.", "Wait for the next inventory.")
    enough = users <= USERS_PER_SERVER * max(1, servers - 1)
    seen = f"{users:,} users on {servers} servers after the migration"
    if servers > 1 and not enough:
        return warning(
            f"{seen}: too many when one server is down (rule of thumb {USERS_PER_SERVER:,} each).",
            "Plan one more server for the pool.",
        )
    return passed(seen)


CHECKS: tuple[Check, ...] = (
    Check("pool_free", GROUP, "No other migration in the pool", no_other_migration),
    Check("external_url", GROUP, "External URL equal", external_url_equal),
    Check("first_server", GROUP, "Place in the pool", first_server),
    Check("capacity", GROUP, "Capacity with one server down", capacity_left),
)
