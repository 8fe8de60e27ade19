"""Checks of the pool's database: the lines of `db check`, judged for a migration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import (
    Check,
    CheckVerdict,
    blocker,
    blocks_migration_only,
    not_checked_in_database,
    passed,
    warning,
)
from migrations_ui.states import Outcome
from pools.states import Severity

GROUP = "database"


def line_of_report(check_id: str) -> Callable[[Facts], CheckVerdict]:
    """A check that repeats one line of the database's report."""

    def look(facts: Facts) -> CheckVerdict:
        line = facts.database.report.line(check_id)
        if line is None and facts.database.report.ending is not None:
            return not_checked_in_database(facts)
        if line is None:
            return blocker("Not looked at, because the database could not be opened.", "See above.")
        if line.passed:
            return passed(line.seen)
        judge = blocker if line.severity == Severity.BLOCKER else warning
        return judge(line.seen, line.remedy)

    return look


def named_line_of_report(check_id: str) -> Callable[[Facts], CheckVerdict]:
    """The same, with the engine's name before what it says of itself, unless it says it."""
    look = line_of_report(check_id)

    def look_and_name(facts: Facts) -> CheckVerdict:
        verdict = look(facts)
        if verdict.outcome is Outcome.LATER or verdict.seen.startswith(facts.database.engine):
            return verdict
        return replace(verdict, seen=f"{facts.database.engine}: {verdict.seen}")

    return look_and_name


def engine_supported(facts: Facts) -> CheckVerdict:
    if facts.database.why_no_migration:
        return blocker(
            facts.database.why_no_migration,
            "Choose a pool on another engine, or install what is missing on every worker.",
        )
    if facts.database.vendor_supported:
        return passed(facts.database.engine)
    return warning(
        f"{facts.database.engine}: no vendor page names it as a database for Traveler.",
        "Use it for trials; for production choose an engine that your Traveler release supports.",
    )


CHECKS: tuple[Check, ...] = (
    Check("db_host", GROUP, "Host name resolves", line_of_report("host")),
    Check("db_port", GROUP, "Port answers", line_of_report("port")),
    Check("db_engine", GROUP, "The configured engine answers", line_of_report("engine")),
    Check("db_login", GROUP, "Login is accepted", line_of_report("login")),
    Check("db_tls", GROUP, "Connection is encrypted", line_of_report("tls")),
    Check("db_version", GROUP, "Engine version", named_line_of_report("version")),
    Check("db_supported", GROUP, "Engine supported by the vendor", engine_supported, stands=True),
    Check("db_encoding", GROUP, "UTF-8 code set", line_of_report("encoding")),
    Check("db_collation", GROUP, "Case-sensitive names", line_of_report("collation")),
    Check("db_privileges", GROUP, "Privileges", line_of_report("privileges")),
    # A rehearsal's scratch schema gets its tables in either mode.
    Check("db_schema", GROUP, "Schema level", blocks_migration_only(line_of_report("schema"))),
    Check("db_room", GROUP, "Free space in the database", named_line_of_report("room")),
    Check("db_round_trip", GROUP, "Round-trip time", line_of_report("round_trip")),
    Check(
        "db_availability",
        GROUP,
        "High availability of the database",
        named_line_of_report("availability"),
    ),
)
