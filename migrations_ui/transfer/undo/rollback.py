"""Takes a run's rows out of the target again.

What a run wrote is what its source holds, up to where it came, without its rejects. So the
source is streamed once more, by the same code, and the rows with those keys are deleted.

Guaranteed: every row this run inserted goes, whatever happened to it since; no other row does,
except one that somebody deleted and inserted again under the same key. A row of the pool's that
the run had replaced is put back as it was, unless somebody has written to it since: then it
stays, and its key is reported. Each table goes in one transaction; a rollback that was interrupted
is called again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.deferred_keys import put_back
from migrations_ui.transfer.checkpoint.earlier_sessions import (
    end_earlier_sessions,
    hint_for_dba,
    open_marked,
)
from migrations_ui.transfer.checkpoint.table_progress import LoadMode, TableProgress
from migrations_ui.transfer.compare.foreign_key_guard import dangling_refused
from migrations_ui.transfer.compare.staged_rows import (
    SOURCE_ROWS,
    stage_source_rows,
    transaction_for_source_rows,
)
from migrations_ui.transfer.control import Observer, Silent
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.engines.references import (
    count_referring,
    count_referring_at_all,
)
from migrations_ui.transfer.engines.row_keys import key_text
from migrations_ui.transfer.error_context import add_error_context
from migrations_ui.transfer.errors import ReferredTo
from migrations_ui.transfer.merge.conflict_statements import ConflictStatements
from migrations_ui.transfer.merge.conflict_table import ensure_conflict_table
from migrations_ui.transfer.merge.corrected_rows import CorrectedRows
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.tables import ForeignKey, TablePlan
from pools.databases.connection import DatabaseLogin

SHOWN_KEYS = 20


@dataclass(frozen=True, slots=True)
class RemovedTable:
    """`rows_missing` of the run's rows were gone already: somebody else deleted them.

    `rows_restored` of the pool's are back in their places; at the keys in `changed_since`
    somebody has written since the run did, so that stays.
    """

    name: str
    rows_removed: int
    rows_missing: int
    rows_restored: int = 0
    changed_since: tuple[str, ...] = ()


def run_is_known(login: DatabaseLogin, *, run_id: str) -> bool:
    """Whether this target's control tables hold anything of run `run_id`."""
    with open_target(login) as target:
        checkpoint = Checkpoint(target, run_id)
        checkpoint.create_tables()
        return checkpoint.has_begun()


def remove_run(
    plan: TransferPlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    attempt: int = 0,
    observer: Observer | None = None,
) -> tuple[RemovedTable, ...]:
    """Remove the rows of run `run_id`, and what the control tables know of it.

    Needs the source the run was made from. Tables the run never began are left out. Raises
    ReferredTo where rows of others refer to the run's: those tables that came before are done.
    """
    watching = observer or Silent()
    removed: list[RemovedTable] = []
    with open_marked(login, run_id, attempt) as target:
        checkpoint = Checkpoint(target, run_id, attempt=attempt)
        with hint_for_dba(end_earlier_sessions(target, run_id, attempt)):
            checkpoint.create_tables()
            checkpoint.attempt.take_over()
        with add_error_context(login):
            _defer_circles(plan, target, checkpoint)
        # Parents come first in a plan, so here the children do.
        for table in reversed(plan.tables):
            known = checkpoint.progress(table.name)
            if known is None:
                continue
            if known.mode is LoadMode.MERGE:
                # A run that was cut off may not have come to make it.
                ensure_conflict_table(target, table)
            with (
                add_error_context(login, table, target),
                transaction_for_source_rows(table, target),
                _any_order(table, target, checkpoint),
            ):
                progress = checkpoint.lock_any_position(table)
                if progress is None:
                    continue
                removed.append(_take_out(table, progress, source, target, checkpoint))
            watching.note(_describe(removed[-1]))
        with add_error_context(login):
            put_back(target, run_id, watching)
    return tuple(removed)


def _defer_circles(plan: TransferPlan, target: Target, checkpoint: Checkpoint) -> None:
    """Where tables refer to each other in a circle, no order of deleting is right either. Others
    may use them by now; they are without these foreign keys for as long as this takes."""
    for table in plan.tables:
        if (
            set(table.later) - {table.name}
            and target.schema_editor.deferral is not KeyDeferral.NEVER
        ):
            with target.transaction():
                if checkpoint.lock_any_position(table) is not None:
                    checkpoint.deferred_keys.defer(table, alone=True)


@contextmanager
def _any_order(table: TablePlan, target: Target, checkpoint: Checkpoint) -> Iterator[None]:
    """For a table of a circle, and for one that refers to itself."""
    aside = checkpoint.deferred_keys.has_any_of(table) or _keys_waiting(table, target, checkpoint)
    with (
        target.schema_editor.foreign_keys_unchecked()
        if aside
        else dangling_refused(table, target, _referred_to)
    ):
        yield


def _keys_waiting(table: TablePlan, target: Target, checkpoint: Checkpoint) -> list[ForeignKey]:
    """Those by which rows of this run still refer to the table, because they are in a circle with
    it; deferred until they are gone as well."""
    aside = checkpoint.deferred_keys.names()
    return [
        key
        for key in target.introspection.foreign_keys()
        if key.parent == table.name != key.table
        and (key.table, key.name) in aside
        and checkpoint.progress(key.table) is not None
    ]


def _take_out(
    table: TablePlan,
    progress: TableProgress,
    source: DerbySource,
    target: Target,
    checkpoint: Checkpoint,
) -> RemovedTable:
    # Usually first what was inserted, because it may hold a value that was another's. In a table
    # that refers to itself, what was put in a row's place may refer to what was inserted.
    if table.refers_to_itself:
        restored, changed = _restore_rows(table, progress, target, checkpoint)
        rows = _delete_rows(table, progress, source, target, checkpoint)
    else:
        rows = _delete_rows(table, progress, source, target, checkpoint)
        restored, changed = _restore_rows(table, progress, target, checkpoint)
    if progress.mode is LoadMode.MERGE and table.key:
        target.execute(ConflictStatements(table, checkpoint.run_id, target).forget())
    if (left := checkpoint.deferred_keys.dangling(table)) is not None:
        # What is deferred did not keep others from referring to rows of the run.
        name, count = left
        raise ReferredTo(
            f"{table.name}: {count:,} rows of it that others wrote or changed would refer to "
            f"nothing without rows of this run (foreign key {name}, which is deferred). Nothing "
            f"was removed from {table.name}. Delete them, or have them refer to others, then go "
            "on with the rollback."
        )
    checkpoint.restore_keys(table)
    checkpoint.forget_table(table)
    return RemovedTable(
        *(table.name, rows, progress.rows_written - rows, restored),
        tuple(map(key_text, changed)),
    )


def _delete_rows(
    table: TablePlan,
    progress: TableProgress,
    source: DerbySource,
    target: Target,
    checkpoint: Checkpoint,
) -> int:
    if not progress.rows_written:
        return 0
    stage_source_rows(table, source, target, checkpoint, progress, only_inserted=True)
    _refuse_children(table, progress, target, checkpoint)
    deleted = target.operations.delete_staged(table, SOURCE_ROWS)
    if progress.mode is LoadMode.MERGE and table.key:
        # Their own keys: what the source says under these was never written.
        deleted += target.change(CorrectedRows(table, checkpoint.run_id, target).delete_corrected())
    return deleted


def _refuse_children(
    table: TablePlan, progress: TableProgress, target: Target, checkpoint: Checkpoint
) -> None:
    """Rows of others that refer to the staged ones, which are about to go, must not go along, or
    lose what they refer to, as a foreign key may have it. The children among this run's are gone
    by now."""
    keys = _keys_in_force(table, target, checkpoint)
    if not keys:
        return
    if not table.key:
        # By what a row refers to it cannot be known here: whole rows are deleted.
        for key in keys:
            if key.table != table.name:
                _refuse(key, target, count_referring_at_all(key, target.grammar.quote))
        return
    # Who is about to write such a row waits for ours, or was before us and is seen.
    target.execute(target.grammar.lock_conflicts(table, SOURCE_ROWS))
    going = [target.grammar.staged(table, SOURCE_ROWS)]
    if progress.mode is LoadMode.MERGE:
        going.append(CorrectedRows(table, checkpoint.run_id, target).corrected())
    for key in keys:
        if key.table == table.name and target.schema_editor.deferral is KeyDeferral.UNCHECKED:
            # Nothing goes along there, and what is left is counted afterwards.
            continue
        for rows in going:
            _refuse(key, target, count_referring(key, target, table, rows))


def _keys_in_force(table: TablePlan, target: Target, checkpoint: Checkpoint) -> list[ForeignKey]:
    """Those by which by now only rows of others refer to the table; and its own to itself."""
    waiting = _keys_waiting(table, target, checkpoint)
    return [
        key
        for key in target.introspection.foreign_keys()
        if key.parent == table.name and key not in waiting
    ]


def _refuse(key: ForeignKey, target: Target, counting: str) -> None:
    ((count,),) = target.execute(counting)
    if count:
        raise _referred_to(key, count)


def _referred_to(key: ForeignKey, count: int) -> ReferredTo:
    return ReferredTo(
        f"{key.parent}: {count:,} rows of {key.table} that others wrote or changed refer to rows "
        f"as this run left them (foreign key {key.name}). Nothing was removed from {key.parent}. "
        f"Delete those of {key.table}, or have them refer to others, then go on with the rollback."
    )


def _restore_rows(
    table: TablePlan, progress: TableProgress, target: Target, checkpoint: Checkpoint
) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rows of the pool's were put back, and the keys of those written to since."""
    if progress.mode is not LoadMode.MERGE or not table.key:
        return 0, []
    sql = ConflictStatements(table, checkpoint.run_id, target)
    restored, changed = 0, []
    if progress.merged.updated:
        for key in _keys_in_force(table, target, checkpoint):
            counting = sql.count_referring_to_replaced(key)
            if counting and key.table != table.name:
                _refuse(key, target, counting)
        changed = target.execute(sql.changed_since_keys())
        restored = target.change(sql.restore())
    return restored, changed


def _describe(table: RemovedTable) -> str:
    text = f"{table.name}: removed {table.rows_removed:,} rows of this run."
    if table.rows_restored:
        text += f" Put back {table.rows_restored:,} that it had replaced."
    if table.changed_since:
        shown = ", ".join(table.changed_since[:SHOWN_KEYS])
        text += (
            f" {len(table.changed_since):,} that it had replaced were written to since, and stay: "
            f"{shown}{' …' if len(table.changed_since) > SHOWN_KEYS else ''}"
        )
    return text
