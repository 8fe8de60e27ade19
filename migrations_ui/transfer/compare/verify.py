"""Compares both sides, without trusting the order of either.

A table that was loaded alone is compared by digests: the source's were added up while it was
copied, the target is read back once through the same program. Only buckets that differ are
fetched from both sides and compared row by row. A table whose rows met others is compared row by
row from the start: each source row must be there that no verdict kept out, equal to the source's;
and so must the rows of the pool that the run left as they were, whatever they say by now. A row
that the run put in place of the pool's, and that is newer by now, is the pool's again: its members
are in use meanwhile. It is counted, and neither compared nor written back.

The program cannot find its own wrong encoding; the tests compare by SQL written independently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.table_progress import LoadMode
from migrations_ui.transfer.compare.staged_rows import (
    SOURCE_ROWS,
    TARGET_ROWS,
    CutShort,
    digest_target,
    stage_source_rows,
    stage_target_rows,
    take_out_newer,
    transaction_for_source_rows,
)
from migrations_ui.transfer.control import Control, Decision, Observer, Silent, Unattended
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.display_values import pairs
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.engines.row_keys import key_forms, key_text, key_values
from migrations_ui.transfer.error_context import add_error_context
from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.merge.conflict_statements import ConflictStatements, row_of_key
from migrations_ui.transfer.merge.corrected_rows import CorrectedRows
from migrations_ui.transfer.merge_policy import NO_RULES, MergeRules
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.tables import DifferenceKind, RowDifference, TablePlan
from pools.databases.connection import DatabaseLogin

MOST_DIFFERENCES = 1000
MASK_ALL = Masking()
# Of so many both sides are shown.
MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """`mismatches` counts all differing rows; `differences` describes the first thousand.

    `corrected` of the rows are not the source's, but what a person corrected them to; `newer` are
    not compared, because the pool has gone on with them.
    """

    table: str
    equal: bool
    rows_source: int
    rows_target: int
    mismatches: int
    differences: tuple[RowDifference, ...]
    verified_at: datetime
    corrected: int = 0
    newer: int = 0


def verify(
    plan: TransferPlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    rules: MergeRules = NO_RULES,
    masking: Masking = MASK_ALL,
    observer: Observer | None = None,
    control: Control | None = None,
) -> tuple[TableVerdict, ...]:
    """Compare every table of the plan; fewer verdicts when `control` decides otherwise, in the
    middle of a table as well.

    `rules` says how recent a row is, `masking` what of differing ones is shown.
    Raises NotCopied for a table that this run has not copied to its end, SourceError, or a
    `pools.databases.errors.DatabaseError`.
    """
    watching, steering = observer or Silent(), control or Unattended()
    verdicts: list[TableVerdict] = []
    if not plan.tables:
        return ()
    with open_target(login) as target:
        for table in plan.tables:
            if steering.decide() is not Decision.GO:
                break
            try:
                with add_error_context(login, table, target):
                    verdict = _verify_table(
                        table,
                        source=source,
                        target=target,
                        login=login,
                        run_id=run_id,
                        rules=rules,
                        masking=masking,
                        control=steering,
                    )
            except CutShort:
                break
            if verdict.newer:
                watching.note(
                    f"{table.name}: rows that this run had replaced and that are newer by now: "
                    f"{verdict.newer:,}. The pool went on with them, so they stay as they are."
                )
            watching.table_verified(table.name, verdict.equal, verdict.mismatches)
            verdicts.append(verdict)
    return tuple(verdicts)


def _verify_table(
    table: TablePlan,
    *,
    source: DerbySource,
    target: Target,
    login: DatabaseLogin,
    run_id: str,
    rules: MergeRules,
    masking: Masking,
    control: Control,
) -> TableVerdict:
    checkpoint = Checkpoint(target, run_id)
    progress = checkpoint.finished(table)
    differing: Sequence[int] | None = None
    rows_target = progress.rows_written_at_all
    if progress.mode is not LoadMode.MERGE:
        there, rows_target = digest_target(table, source, target, control)
        differing = checkpoint.digests(table).differing_buckets(there)
    differences: list[RowDifference] = []
    mismatches = corrected = newer = 0
    if differing is None or differing:
        with transaction_for_source_rows(table, target, TARGET_ROWS):
            stage_source_rows(
                *(table, source, target, checkpoint, progress),
                buckets=differing,
                control=control,
            )
            newer = take_out_newer(table, target, run_id, progress, rules)
            compared_with = table.name
            if differing is not None:
                stage_target_rows(
                    *(table, source, target, login), buckets=differing, control=control
                )
                compared_with = TARGET_ROWS
            # Rows that only the target has are other servers' rows, unless there are none.
            differences, mismatches = target.operations.compare_staged(
                table,
                SOURCE_ROWS,
                compared_with,
                both_ways=progress.mode is LoadMode.EXCLUSIVE,
                limit=MOST_DIFFERENCES,
            )
            if table.key:
                there_too = target.grammar.quote(table.name)
                differences = _with_values(target, table, differences, there_too, masking)
            else:
                differences = [
                    replace(each, key=masking.whole_row(table, each.key)) for each in differences
                ]
            if progress.mode is LoadMode.MERGE and table.key:
                rows = CorrectedRows(table, run_id, target)
                gone, count = _gone(ConflictStatements(table, run_id, target), rows)
                differences += gone
                mismatches += count
                corrected = len(target.execute(rows.corrected_rows()))
    if progress.mode is LoadMode.EXCLUSIVE:
        # Nobody else writes there: whatever the digests say, the numbers have to be the same.
        mismatches = max(mismatches, abs(rows_target - progress.rows_written_at_all))
    return TableVerdict(
        table=table.name,
        equal=mismatches == 0,
        rows_source=progress.rows_total
        - progress.rows_rejected
        - progress.merged.equal
        - progress.merged.kept,
        rows_target=rows_target,
        mismatches=mismatches,
        differences=tuple(differences),
        verified_at=datetime.now(UTC),
        corrected=corrected,
        newer=newer,
    )


def _with_values(
    target: Target,
    table: TablePlan,
    differences: Sequence[RowDifference],
    there: str,
    masking: Masking,
) -> list[RowDifference]:
    """Both sides of the first rows that differ."""
    forms = key_forms(table)
    here = target.grammar.staged(table, SOURCE_ROWS)
    shown = list(differences)
    for index, difference in enumerate(shown[:MOST_VALUES]):
        if difference.kind is not DifferenceKind.DIFFERS:
            continue
        key = key_values(difference.key, forms)
        mine = target.execute(row_of_key(target, table, here), key)
        theirs = target.execute(row_of_key(target, table, there), key)
        if len(mine) == len(theirs) == 1:
            values = pairs(table, theirs[0], mine[0], masking)
            shown[index] = replace(difference, values=values)
    return shown


def _gone(sql: ConflictStatements, corrected: CorrectedRows) -> tuple[list[RowDifference], int]:
    """Rows of the pool that the run left there, and that are no longer; and corrected rejects
    that are not as they were written."""
    found: list[RowDifference] = []
    total = 0
    for kind, which in (
        (DifferenceKind.GONE, sql.gone()),
        (DifferenceKind.CORRECTED, corrected.corrected_amiss()),
    ):
        ((count,),) = sql.target.execute(sql.count(which))
        total += count
        left = MOST_DIFFERENCES - len(found)
        if count and left:
            keys = sql.target.execute(sql.first_keys(which, left))
            found += [RowDifference(key_text(key), kind, ()) for key in keys]
    return found, total
