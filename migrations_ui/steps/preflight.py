"""Preflight: the checks once more, because the world may have changed since the report."""

from __future__ import annotations

from migrations_ui.models import Finding
from migrations_ui.preflight.backup import WORKER_DISK
from migrations_ui.preflight.gathering import gather
from migrations_ui.preflight.report import save_report
from migrations_ui.states import Level, Outcome
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from pools.databases.connection import open_connection
from pools.databases.errors import DatabaseError
from pools.gateways.errors import GatewayError, LocalDiskFull


def run(context: StepContext) -> str:
    findings = _check(context)
    if _blockers(findings):
        _require_reachable(context)
        # What blocked may have been one of them, away for a moment.
        findings = _check(context)
    for finding in findings:
        if finding.outcome == Outcome.WARNING:
            context.log(f"{finding.title}: {finding.seen}", level=Level.WARNING)
    blockers = _blockers(findings)
    for finding in blockers:
        if finding.check_id == WORKER_DISK:
            # Another run's files may go, and nothing is stopped yet.
            raise LocalDiskFull(finding.seen, remedy=finding.remedy)
    if blockers:
        listed = " ".join(f"{finding.title}: {finding.seen}" for finding in blockers)
        raise StepFailed(
            f"{len(blockers)} of {len(findings)} checks block the migration. {listed}",
            remedy="Follow the remedies of the preflight report, then retry.",
        )
    warnings = sum(finding.outcome == Outcome.WARNING for finding in findings)
    return f"{len(findings)} checks, {warnings} warnings."


def _check(context: StepContext) -> list[Finding]:
    facts = gather(context.migration)
    with context.writing():
        return save_report(context.migration, facts)


def _blockers(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.outcome == Outcome.BLOCKER]


def _require_reachable(context: StepContext) -> None:
    """Raise what is worth waiting for: the server or the database is away, and may come back.

    Whatever else is wrong with them is in the report.
    """
    try:
        with context.open_host():
            pass
        with open_connection(context.migration.pool.database.login()):
            pass
    except (GatewayError, DatabaseError) as error:
        if error.is_transient:
            raise
