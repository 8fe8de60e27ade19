"""A rehearsal's scratch schema: made before the tables, dropped with all it holds at the end.

Whatever ends a rehearsal comes by here: its last step, a cancellation, or the rollback after a
failure. Dropping twice does no harm, nor does dropping after kill -9. What an earlier rehearsal has
left all the same goes before the next one is made.
"""

from __future__ import annotations

import shutil

from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.leftovers import drop_leftovers
from pools.databases.scratch import create_scratch, drop_scratch


def run(context: StepContext) -> str:
    migration = context.migration
    login = migration.pool.database.login()
    drop_leftovers(login, note=lambda text: context.log(text, level=Level.WARNING))
    made = create_scratch(login, migration.scratch_name)
    how = "is made" if made else "was there already, from this rehearsal's earlier attempt"
    return f"The scratch schema {migration.scratch_name} {how}; the pool's own tables stay alone."


def undo(context: StepContext) -> str:
    migration = context.migration
    dropped = drop_scratch(migration.pool.database.login(), migration.scratch_name)
    if not dropped:
        return f"There is no scratch schema {migration.scratch_name}; nothing of it is left."
    return f"The scratch schema {migration.scratch_name} is dropped with all it held."


def clean_up(context: StepContext) -> str:
    """The end of a rehearsal: the database and the worker are as they were before."""
    undone = undo(context)
    shutil.rmtree(context.run_directory, ignore_errors=True)
    # The server has run on since: restoring this would lose what devices synced meanwhile.
    context.backup_archive.unlink(missing_ok=True)
    context.remember(backup_path="")
    return f"{undone} The private copy and the trial backup are removed from the worker."
