"""Takes a run's rows out of the target again.

What a run wrote is what its source holds, up to where it came, without its rejects. So the
source is streamed once more, by the same code, and the rows with those keys are deleted.

Guaranteed: every row this run inserted goes, whatever happened to it since; no other row does,
except one that somebody deleted and inserted again under the same key. A row of the pool's that
the run had replaced is put back as it was, unless somebody has written to it since: then it
stays, and its key is told. Each table goes in one transaction; a rollback that was interrupted
is called again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.checkpoint import Checkpoint, Progress, Way
from migrations_ui.transfer.control import Observer, Silent
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.loaders.base import Target
from migrations_ui.transfer.loaders.keys import key_text
from migrations_ui.transfer.loaders.shadow import Shadow, ensure_shadow
from migrations_ui.transfer.plan import TransferPlan
from migrations_ui.transfer.tables import TablePlan
from migrations_ui.transfer.verify import (
    SOURCE_ROWS,
    stage_source_rows,
    transaction_for_source_rows,
)
from migrations_ui.transfer.whereabouts import told_where
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
    observer: Observer | None = None,
) -> tuple[RemovedTable, ...]:
    """Remove the rows of run `run_id`, and what the control tables know of it.

    Needs the source the run was made from. Tables the run never began are left out.
    """
    watching = observer or Silent()
    removed: list[RemovedTable] = []
    with open_target(login) as target:
        checkpoint = Checkpoint(target, run_id)
        checkpoint.create_tables()
        # Parents come first in a plan, so here the children do.
        for table in reversed(plan.tables):
            known = checkpoint.progress(table.name)
            if known is None:
                continue
            if known.way is Way.MERGE:
                # A run that was cut off may not have come to make it.
                ensure_shadow(target, table)
            with told_where(login, table, target), transaction_for_source_rows(table, target):
                progress = checkpoint.hold_anywhere(table)
                if progress is None:
                    continue
                rows = _delete_rows(table, progress, source, target, checkpoint)
                restored, changed = _restore_rows(table, progress, target, run_id)
                checkpoint.restore_keys(table)
                checkpoint.forget_table(table)
            removed.append(
                RemovedTable(
                    *(table.name, rows, progress.rows_written - rows, restored),
                    tuple(map(key_text, changed)),
                )
            )
            watching.note(_told(removed[-1]))
    return tuple(removed)


def _delete_rows(
    table: TablePlan,
    progress: Progress,
    source: DerbySource,
    target: Target,
    checkpoint: Checkpoint,
) -> int:
    if not progress.rows_written:
        return 0
    stage_source_rows(table, source, target, checkpoint, progress, only_inserted=True)
    deleted = target.delete_staged(table, SOURCE_ROWS)
    if progress.way is Way.MERGE and table.key:
        # Their own keys: what the source says under these was never written.
        deleted += target.change(Shadow(table, checkpoint.run_id, target).delete_replayed())
    return deleted


def _restore_rows(
    table: TablePlan, progress: Progress, target: Target, run_id: str
) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rows of the pool's were put back, and the keys of those written to since."""
    if progress.way is not Way.MERGE or not table.key:
        return 0, []
    shadow = Shadow(table, run_id, target)
    restored, changed = 0, []
    if progress.met.updated:
        changed = target.execute(shadow.changed_since_keys())
        restored = target.change(shadow.restore())
    target.execute(shadow.forget())
    return restored, changed


def _told(table: RemovedTable) -> str:
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
