"""The compatibility check: every value that does not fit is known, by name and number, before a row
is written.

What the findings block is decided by the policies of the run: a loss that nobody has decided on
stops the migration here, where nothing has been copied.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrations_ui.models import Migration
from migrations_ui.states import Level, Outcome
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.transfer.compatibility_findings import save_findings
from migrations_ui.steps.transfer.transfer_plan import Transfer, open_transfer
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.plan.compatibility import IncompatibleColumn, measure_compatibility
from migrations_ui.transfer.plan.consistency import REMEDY, check_source
from migrations_ui.transfer.plan.index_limits import IndexTrial
from migrations_ui.transfer.plan.planner import PlanFinding, TransferPlan
from migrations_ui.transfer.value_loss import Treatment
from pools.states import SchemaMode

LEVELS = {Outcome.BLOCKER: Level.ERROR, Outcome.WARNING: Level.WARNING}
LISTED = 5


def run(context: StepContext) -> str:
    treatments = context.migration.value_policies.treatments()
    with open_transfer(context) as transfer:
        plan = transfer.plan

        def looked_at(rows: int) -> None:
            context.check()
            context.journal.progress(rows, plan.row_count, "rows")

        damaged = _check_tables(context, transfer)
        # What cannot be read rightly is not worth measuring.
        found: list[IncompatibleColumn] = []
        narrow: list[PlanFinding] = []
        if not damaged:
            with open_target(transfer.login) as target:
                syntax = target.operations.row_syntax
            measuring = measure_compatibility(
                *(plan, transfer.source),
                syntax=syntax,
                on_rows=looked_at,
                on_finding=narrow.append,
                trial=IndexTrial(transfer.login, transfer.source, context.check),
            )
            found = list(measuring)
    notes = [*damaged, *narrow, *_not_known(context.migration, plan)]
    with context.writing():
        findings = save_findings(context.migration, [*plan.findings, *notes], found, treatments)
    for finding in findings:
        outcome = Outcome(finding.outcome)
        context.log(f"{finding.title}: {finding.seen}", level=LEVELS[outcome])
    if damaged:
        listed = " ".join(f"{each.table}: {each.problem}" for each in damaged[:LISTED])
        raise StepFailed(
            f"Derby's tables and their indexes disagree, so rows would be lost. {listed}"
            f"{_and_more(damaged)}",
            remedy=f"Nothing has been copied. {REMEDY}",
        )
    blockers = [finding for finding in findings if finding.outcome == Outcome.BLOCKER]
    if blockers:
        listed = " ".join(f"{each.title}: {each.seen}" for each in blockers[:LISTED])
        raise StepFailed(
            f"Not everything fits the pool's database. {listed}{_and_more(blockers)}",
            remedy="Nothing has been copied.",
        )
    tables = f"{len(plan.tables)} tables, {plan.row_count:,} rows"
    return f"{tables}: {_summary(found, context)}{_left_out(plan)}"


def _check_tables(context: StepContext, transfer: Transfer) -> list[PlanFinding]:
    """Tables whose rows Derby would not all give; and in the log, those it could not check."""

    def checked(rows: int) -> None:
        context.check()
        context.journal.progress(rows, transfer.plan.row_count, "rows checked")

    found = check_source(transfer.plan, transfer.source, on_rows=checked)
    if found.unchecked:
        context.log(
            "Only the owner of the Derby database may have it checked, so the indexes of "
            f"{len(found.unchecked):,} tables were not. Their rows were counted.",
            level=Level.WARNING,
        )
    return [
        PlanFinding(each.table, "", str(each), blocks=True, remedy=REMEDY)
        for each in found.inconsistent
    ]


def _and_more(found: Sequence[object]) -> str:
    return f" And {len(found) - LISTED} more." if len(found) > LISTED else ""


def _left_out(plan: TransferPlan) -> str:
    """What the pool has of its own, so that nobody looks for these rows there."""
    if not plan.left_out:
        return ""
    listed = ", ".join(f"{table.name} ({table.row_count:,} rows)" for table in plan.left_out)
    return f" Not copied, because the pool has its own: {listed}."


def _not_known(migration: Migration, plan: TransferPlan) -> list[PlanFinding]:
    """Among tables that this console did not make, one of such a name may be another one."""
    if migration.pool.database.schema_mode != SchemaMode.EXISTING:
        return []
    problem = "Not copied ({:,} rows): by its name it is taken for what the pool has of its own."
    return [
        PlanFinding(table.name, "", problem.format(table.row_count), blocks=False)
        for table in plan.left_out
    ]


def _summary(found: list[IncompatibleColumn], context: StepContext) -> str:
    if not found:
        return "every value fits."
    treatments = context.migration.value_policies.treatments()
    parts = []
    for treatment, what in (
        (Treatment.CONVERT, "are converted"),
        (Treatment.REJECT, "are rejected"),
    ):
        count = sum(each.count for each in found if treatments.get(each.loss) is treatment)
        if count:
            parts.append(f"{count:,} values {what}")
    return f"{', '.join(parts)}; all others fit."
