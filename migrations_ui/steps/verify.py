"""Verify: every row is read back from the pool's database and compared with its original.

When rows differ the step fails and names them; retrying writes those rows again first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from migrations_ui.models import Mismatch
from migrations_ui.models.verification import LONGEST_KEY
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted, StepFailed
from migrations_ui.steps.transfer.conflicts import RULES
from migrations_ui.steps.transfer.masking import MASKING
from migrations_ui.steps.transfer.progress_recorder import TableRecorder
from migrations_ui.steps.transfer.transfer_plan import Transfer, open_transfer
from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import TableVerdict
from migrations_ui.transfer.compare.verify import verify as compare
from migrations_ui.transfer.tables import DifferenceKind

SHOWN_DIFFERENCES = 20
SHOWN_MISMATCHES = 1000


def run(context: StepContext) -> str:
    with open_transfer(context) as transfer:
        repair_all(context, transfer)
        different, summary = compare_all(context, transfer)
    if different:
        names = ", ".join(verdict.table for verdict in different)
        raise StepFailed(
            f"Source and pool differ in {names}.",
            remedy=remedy_of(different),
        )
    return summary


def remedy_of(different: Sequence[TableVerdict]) -> str:
    """A retry writes rows again; it removes none."""
    extra = [
        verdict.table
        for verdict in different
        if any(each.kind is DifferenceKind.EXTRA for each in verdict.differences)
    ]
    if not extra:
        return "The log names the rows. Retry: they are written again, then compared again."
    return (
        "The log names the rows. Retry: those that are missing or differ are written again. Rows "
        f"that only the pool has stay ({', '.join(extra)}): this migration did not write them. "
        "Find out who did and have them deleted there, then retry; or cancel the migration."
    )


def compare_all(context: StepContext, transfer: Transfer) -> tuple[list[TableVerdict], str]:
    """The verdicts on tables that are not equal, kept for the page; and in a sentence, on all."""
    recorder = TableRecorder(
        context.migration, transfer.plan, context.journal, attempt=context.attempt
    )
    with context.ticking(recorder.flush):
        verdicts = compare(
            transfer.plan,
            source=transfer.source,
            login=transfer.login,
            run_id=transfer.run_id,
            rules=RULES,
            masking=MASKING,
            observer=recorder,
            control=context.control,
        )
    # A comparison that was interrupted knows only some of the tables, also when the pause that
    # ended it is over by now.
    context.check()
    if len(verdicts) < len(transfer.plan.tables):
        raise Interrupted
    different = [verdict for verdict in verdicts if not verdict.equal]
    _keep_mismatches(context, different)
    _report(context, different)
    if different:
        count = sum(verdict.mismatches for verdict in different)
        names = ", ".join(verdict.table for verdict in different)
        return different, f"Rows that are not equal: {count:,} ({names})."
    rows = sum(verdict.rows_source for verdict in verdicts)
    corrected = sum(verdict.corrected for verdict in verdicts)
    newer = sum(verdict.newer for verdict in verdicts)
    apart = f"{corrected:,} as a person corrected them, " if corrected else ""
    if newer:
        apart += f"{newer:,} newer by now, "
    return [], f"{len(verdicts)} tables, {rows:,} rows: {apart}all{' others' * bool(apart)} equal."


def repair_rows(
    context: StepContext, transfer: Transfer, chosen: Mapping[str, Sequence[str]]
) -> int:
    """Write the rows again whose keys are given by table; how many had to be."""
    rewritten = 0
    for table in transfer.plan.tables:
        keys = chosen.get(table.name)
        if keys:
            repaired = repair_table(
                table,
                source=transfer.source,
                login=transfer.login,
                run_id=transfer.run_id,
                attempt=context.attempt,
                keys=keys,
                rules=RULES,
            )
            context.log(f"{table.name}: rows written again: {repaired.rows_rewritten:,}.")
            rewritten += repaired.rows_rewritten
    return rewritten


def _keep_mismatches(context: StepContext, different: list[TableVerdict]) -> None:
    found = [
        Mismatch(
            migration=context.migration,
            table=verdict.table,
            row_key=difference.key[:LONGEST_KEY],
            kind=difference.kind.value,
            differing=json.dumps(
                {each.column: [each.pool, each.server] for each in difference.values}
                or {column: [None, None] for column in difference.columns}
            ),
        )
        for verdict in different
        for difference in verdict.differences
    ]
    with context.writing():
        context.migration.mismatches.all().delete()
        Mismatch.objects.bulk_create(found[:SHOWN_MISMATCHES])


def repair_all(context: StepContext, transfer: Transfer) -> None:
    """Tables that an earlier comparison found different."""
    different = set(
        context.migration.tables.filter(mismatches__gt=0).values_list("table", flat=True)
    )
    for table in transfer.plan.tables:
        if table.name in different:
            repaired = repair_table(
                table,
                source=transfer.source,
                login=transfer.login,
                run_id=transfer.run_id,
                attempt=context.attempt,
                rules=RULES,
            )
            context.log(f"{table.name}: rows written again: {repaired.rows_rewritten:,}.")


def _report(context: StepContext, different: list[TableVerdict]) -> None:
    for verdict in different:
        for difference in verdict.differences[:SHOWN_DIFFERENCES]:
            columns = f" ({', '.join(difference.columns)})" if difference.columns else ""
            context.log(
                f"{verdict.table} {difference.key}: {difference.kind}{columns}", level=Level.ERROR
            )
