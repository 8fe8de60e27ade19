"""Verify: every row is read back from the pool's database and compared with its original.

When rows differ the step fails and names them; retrying writes those rows again first.
"""

from __future__ import annotations

from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.table_recorder import TableRecorder
from migrations_ui.steps.transfer_plan import Transfer, open_transfer
from migrations_ui.transfer.repair import repair_table
from migrations_ui.transfer.verify import TableVerdict
from migrations_ui.transfer.verify import verify as compare

SHOWN_DIFFERENCES = 20


def run(context: StepContext) -> str:
    with open_transfer(context) as transfer:
        _repair(context, transfer)
        recorder = TableRecorder(context.migration, transfer.plan, context.journal)
        with context.ticking(recorder.flush):
            verdicts = compare(
                transfer.plan,
                source=transfer.source,
                login=transfer.login,
                run_id=transfer.run_id,
                observer=recorder,
                control=context.control,
            )
    # A comparison that was interrupted knows only some of the tables.
    context.check()
    different = [verdict for verdict in verdicts if not verdict.equal]
    if different:
        _report(context, different)
        names = ", ".join(verdict.table for verdict in different)
        raise StepFailed(
            f"Source and pool differ in {names}.",
            remedy="The log names the rows. Retry: they are written again, then compared again.",
        )
    rows = sum(verdict.rows_source for verdict in verdicts)
    return f"{len(verdicts)} tables, {rows:,} rows: all equal."


def _repair(context: StepContext, transfer: Transfer) -> None:
    """Tables that an earlier attempt found different."""
    different = set(
        context.migration.tables.filter(mismatches__gt=0).values_list("table", flat=True)
    )
    for table in transfer.plan.tables:
        if table.name in different:
            repaired = repair_table(
                table, source=transfer.source, login=transfer.login, run_id=transfer.run_id
            )
            context.log(f"{table.name}: rows written again: {repaired.rows_rewritten:,}.")


def _report(context: StepContext, different: list[TableVerdict]) -> None:
    for verdict in different:
        for difference in verdict.differences[:SHOWN_DIFFERENCES]:
            columns = f" ({', '.join(difference.columns)})" if difference.columns else ""
            context.log(
                f"{verdict.table} {difference.key}: {difference.kind}{columns}", level=Level.ERROR
            )
