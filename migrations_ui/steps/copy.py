"""Copy: the rows of the Derby database into the pool's database (design.md 6).

What is committed there is known there, in control tables: a copy that was cut off goes on at the
first row that is missing, whatever this console remembers.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from django.conf import settings

from migrations_ui.models import Reject
from migrations_ui.models.table_transfer import RejectedColumn, settled_equation
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted, StepFailed
from migrations_ui.steps.transfer.conflicts import (
    RULES,
    policy_of,
    say_policy,
    stopped,
    store_conflicts,
)
from migrations_ui.steps.transfer.masking import MASKING
from migrations_ui.steps.transfer.progress_recorder import TableRecorder
from migrations_ui.steps.transfer.transfer_plan import Transfer, nobody_else_writes, open_transfer
from migrations_ui.transfer.checkpoint.rejects import RejectedRow, list_rejects
from migrations_ui.transfer.copy.pipeline import CopyOutcome, CopyResult
from migrations_ui.transfer.copy.pipeline import copy as copy_rows
from migrations_ui.transfer.errors import ConflictsFound
from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.settings import TransferSettings, parallel_tables
from migrations_ui.transfer.tables import TablePlan
from migrations_ui.transfer.undo.rollback import RemovedTable, remove_run, run_is_known

# Where more than these are rejected, it is the columns that do not fit, not the rows.
SHOWN_REJECTS = 20_000
ROWS_AT_ONCE = 1_000


def run(context: StepContext) -> str:
    with open_transfer(context) as transfer:
        _report_plan(context, transfer.plan)
        policy = policy_of(context.migration)
        say_policy(context, transfer.plan, policy)
        recorder = TableRecorder(
            context.migration, transfer.plan, context.journal, attempt=context.attempt
        )
        with context.ticking(recorder.flush):
            try:
                result = copy_rows(
                    transfer.plan,
                    source=transfer.source,
                    login=transfer.login,
                    run_id=transfer.run_id,
                    settings=_settings(context),
                    observer=recorder,
                    control=context.control,
                )
            except ConflictsFound as error:
                raise stopped(context, error) from None
            finally:
                recorder.rest()
        if result.outcome is not CopyOutcome.FINISHED:
            raise Interrupted
        _keep_rejects(context, transfer)
        if any(table.merged.total for table in result.tables):
            store_conflicts(context, transfer)
    return _summary(result)


def undo(context: StepContext) -> str:
    """Take out the rows this run wrote, by key, and no others."""
    migration = context.migration
    if migration.is_rehearsal:
        return "What was copied goes with the scratch schema."
    copied = migration.tables.filter(rows_copied__gt=0)
    if not run_is_known(migration.target_login(), run_id=migration.run_id):
        if copied.exists():
            raise StepFailed(
                f"{migration.pool.database} knows nothing of this migration, and rows were copied.",
                remedy="Point the database configuration to the database that the rows went to, "
                "then go on with the rollback.",
            )
        return "Nothing had been copied."
    with open_transfer(context) as transfer:
        # Cut off after the last row, the rollback finds nothing of the run there, and rightly so.
        with context.writing():
            copied.update(rows_copied=0)
        recorder = TableRecorder(
            context.migration, transfer.plan, context.journal, attempt=context.attempt
        )
        with context.ticking(recorder.flush):
            removed = remove_run(
                transfer.plan,
                source=transfer.source,
                login=transfer.login,
                run_id=transfer.run_id,
                attempt=context.attempt,
                observer=recorder,
            )
    with context.writing():
        migration.tables.all().delete()
        migration.samples.all().delete()
        migration.conflicts.all().delete()
        migration.corrections.all().delete()
    return _summary_of_undo(removed)


def _settings(context: StepContext) -> TransferSettings:
    """A rehearsal writes as the migration would, though its scratch schema is empty and all its
    own."""
    migration = context.migration
    alone = nobody_else_writes(migration)
    return TransferSettings(
        attempt=context.attempt,
        parallel_tables=parallel_tables(settings.LIFEGUARD_PARALLEL_TABLES),
        lock_seconds=settings.LIFEGUARD_LOCK_SECONDS,
        exclusive=alone,
        may_conflict=migration.is_rehearsal and not alone,
        policy=policy_of(migration),
        rules=RULES,
        masking=MASKING,
    )


def _report_plan(context: StepContext, plan: TransferPlan) -> None:
    """What does not fit has been said in the compatibility check; only what changed since may block
    here."""
    blocking = [finding for finding in plan.findings if finding.blocks]
    for finding in blocking:
        where = f"{finding.table}.{finding.column}" if finding.column else finding.table
        context.log(f"{where}: {finding.problem}", level=Level.ERROR)
    if blocking:
        first, more = blocking[0], len(blocking) - 1
        others = f" The log names {more} more." if more else ""
        raise StepFailed(
            f"The server's tables do not fit the pool's database: {first.problem}{others}",
            remedy=first.remedy
            or "Bring the schema to the level of this Traveler version, then retry.",
        )
    context.log(f"{len(plan.tables)} tables, {plan.row_count:,} rows.")


def _keep_rejects(context: StepContext, transfer: Transfer) -> None:
    """The target's list is the true one; the console keeps a copy to show."""
    rejects = list_rejects(transfer.login, run_id=transfer.run_id, limit=SHOWN_REJECTS)
    tables = {table.name: table for table in transfer.plan.tables}
    with context.writing():
        context.migration.rejects.all().delete()
        Reject.objects.bulk_create(
            [
                Reject(
                    migration=context.migration,
                    table=reject.table,
                    row_key=reject.key[:255],
                    column=reject.column,
                    row_number=reject.row_number,
                    reason=reject.reason,
                    preview=reject.preview[:120],
                    rejected=json.dumps(_rejected(reject, tables[reject.table])),
                    has_key=bool(tables[reject.table].key),
                )
                for reject in rejects
            ],
            batch_size=ROWS_AT_ONCE,
        )


def _rejected(reject: RejectedRow, table: TablePlan) -> list[dict[str, object]]:
    """Its values that do not fit, with what their columns take."""
    return [
        asdict(
            RejectedColumn(rejected.column, rejected.reason, rejected.preview[:120]).as_planned(
                table
            )
        )
        for rejected in reject.values
    ]


def _summary(result: CopyResult) -> str:
    written = sum(table.rows_written for table in result.tables)
    rejected = sum(table.rows_rejected for table in result.tables)
    merged = sum((table.merged for table in result.tables), MergeCounts())
    text = f"{written:,} rows in {len(result.tables)} tables, {rejected:,} rejected."
    if merged.total:
        total = sum(table.rows_total for table in result.tables)
        unchanged = merged.equal + merged.kept
        text += f" {settled_equation(total, written, merged.updated, unchanged, rejected)}."
    return text


def _summary_of_undo(removed: tuple[RemovedTable, ...]) -> str:
    total = sum(table.rows_removed for table in removed)
    restored = sum(table.rows_restored for table in removed)
    changed = sum(len(table.changed_since) for table in removed)
    text = f"{total:,} rows that this migration had written were removed from the pool's database."
    if restored:
        text += f" {restored:,} that it had replaced are as they were."
    if changed:
        text += f" {changed:,} that it had replaced were written to since, and stay (see the log)."
    return text
