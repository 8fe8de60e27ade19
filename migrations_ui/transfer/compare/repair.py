"""Writes the rows again that verification found missing or different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.earlier_sessions import end_earlier_sessions, open_marked
from migrations_ui.transfer.checkpoint.table_progress import LoadMode
from migrations_ui.transfer.compare.foreign_key_guard import dangling_refused
from migrations_ui.transfer.compare.staged_rows import (
    SOURCE_ROWS,
    digest_target,
    stage_source_rows,
    take_out_newer,
    transaction_for_source_rows,
)
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines.row_keys import key_forms, key_values
from migrations_ui.transfer.error_context import add_error_context
from migrations_ui.transfer.errors import NotRepairable, RefersToNothing
from migrations_ui.transfer.merge.chunk_merge import KEPT_OUT, stage_keys
from migrations_ui.transfer.merge.conflict_statements import ConflictStatements
from migrations_ui.transfer.merge.corrected_rows import CorrectedRows
from migrations_ui.transfer.merge_policy import NO_RULES, MergeRules
from migrations_ui.transfer.tables import ForeignKey, TablePlan
from pools.databases.connection import DatabaseLogin


@dataclass(frozen=True, slots=True)
class RepairResult:
    """How many rows were written again. Verify the table afterwards."""

    table: str
    rows_rewritten: int


def repair_table(
    table: TablePlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    attempt: int = 0,
    keys: Sequence[str] | None = None,
    rules: MergeRules = NO_RULES,
) -> RepairResult:
    """Make the run's rows in the target equal to the source's again, in one transaction.

    All of them, or only those of `keys`, as differences have them.

    Rows of the pool's that this run had left there and that are gone come back as they were, and
    corrected rejects as they were corrected.
    Rows that only the target has are left alone, and so are those that a verdict or a reject
    kept out, and those that the pool went on with, as `rules` say. Raises NotCopied, and
    NotRepairable for a table without key.
    """
    if not table.key:
        raise NotRepairable(f"{table.name}: {NotRepairable()}")
    with open_marked(login, run_id, attempt) as target, add_error_context(login, table, target):
        checkpoint = Checkpoint(target, run_id, attempt=attempt)
        end_earlier_sessions(target, run_id, attempt)
        progress = checkpoint.finished(table)
        buckets = None
        if progress.mode is not LoadMode.MERGE:
            there, _ = digest_target(table, source, target)
            buckets = checkpoint.digests(table).differing_buckets(there)
        with transaction_for_source_rows(table, target), dangling_refused(table, target, _dangles):
            checkpoint.lock_any_position(table)
            stage_source_rows(table, source, target, checkpoint, progress, buckets=buckets)
            sql = ConflictStatements(table, run_id, target)
            corrected = CorrectedRows(table, run_id, target)
            only = ""
            if keys is not None:
                forms = key_forms(table)
                stage_keys(target, table, [key_values(key, forms) for key in keys])
                target.operations.discard_staged(
                    SOURCE_ROWS, sql.take_out_others(SOURCE_ROWS, KEPT_OUT)
                )
                only = KEPT_OUT
            rewritten = 0
            if progress.mode is LoadMode.MERGE:
                # First, because rows of the run's may refer to them.
                rewritten = target.change(sql.put_back_gone(only=only))
                rewritten += target.change(corrected.restore_corrected(only=only))
                if set(table.key) < set(table.column_names):
                    rewritten += target.change(corrected.repair_corrected(only=only))

            def spare() -> None:
                if progress.merged.updated:
                    # Whoever is about to write such a row waits, or was before us and is seen.
                    target.execute(target.grammar.lock_conflicts(table, SOURCE_ROWS))
                    take_out_newer(table, target, run_id, progress, rules)

            rewritten += target.operations.rewrite_staged(table, SOURCE_ROWS, spare=spare)
    return RepairResult(table.name, rewritten)


def _dangles(key: ForeignKey, count: int) -> RefersToNothing:
    return RefersToNothing(
        f"{key.table}: {count:,} rows would refer to rows that are not in {key.parent} (foreign "
        f"key {key.name}). Nothing was written. Bring those, or delete the rows that refer to "
        "them, then retry."
    )
