"""Preflight: the checks once more, because the world may have changed since the report."""

from __future__ import annotations

from migrations_ui.preflight.gathering import gather
from migrations_ui.preflight.report import save_report
from migrations_ui.states import Level, Outcome
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed


def run(context: StepContext) -> str:
    facts = gather(context.migration)
    with context.writing():
        findings = save_report(context.migration, facts)
    for finding in findings:
        if finding.outcome == Outcome.WARNING:
            context.log(f"{finding.title}: {finding.seen}", level=Level.WARNING)
    blockers = [finding for finding in findings if finding.outcome == Outcome.BLOCKER]
    if blockers:
        listed = " ".join(f"{finding.title}: {finding.seen}" for finding in blockers)
        raise StepFailed(
            f"{len(blockers)} of {len(findings)} checks block the move. {listed}",
            remedy="Follow the remedies of the preflight report, then retry.",
        )
    warnings = sum(finding.outcome == Outcome.WARNING for finding in findings)
    return f"{len(findings)} checks, {warnings} warnings."
