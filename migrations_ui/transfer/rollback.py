"""Takes a run's rows out of the target again.

What a run wrote is what its source holds, up to where it came, without its rejects. So the
source is streamed once more, by the same code, and the rows with those keys are deleted.

Guaranteed: every row this run inserted goes, whatever happened to it since; no other row does,
except one that somebody deleted and inserted again under the same key. A row that was in the
pool before is a reject of the run, and stays. Each table goes in one transaction; a rollback
that was interrupted is called again.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.transfer.checkpoint import Checkpoint, Progress
from migrations_ui.transfer.control import Observer, Silent
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.loaders.base import Target
from migrations_ui.transfer.plan import TransferPlan
from migrations_ui.transfer.tables import TablePlan
from migrations_ui.transfer.verify import (
    SOURCE_ROWS,
    stage_source_rows,
    transaction_for_source_rows,
)
from pools.databases.connection import DatabaseLogin


@dataclass(frozen=True, slots=True)
class RemovedTable:
    """`rows_missing` of the run's rows were gone already: somebody else deleted them."""

    name: str
    rows_removed: int
    rows_missing: int


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
            if checkpoint.progress(table.name) is None:
                continue
            with transaction_for_source_rows(table, target):
                progress = checkpoint.hold_anywhere(table)
                if progress is None:
                    continue
                rows = _delete_rows(table, progress, source, target, checkpoint)
                checkpoint.restore_keys(table)
                checkpoint.forget_table(table)
            removed.append(RemovedTable(table.name, rows, progress.rows_written - rows))
            watching.note(f"{table.name}: removed {rows:,} rows of this run.")
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
    stage_source_rows(table, source, target, checkpoint, progress)
    return target.delete_staged(table, SOURCE_ROWS)
