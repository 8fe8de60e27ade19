"""Row first, task second: a task is queued when the row that asks for it is committed."""

from __future__ import annotations

from functools import partial

from migrations_ui.broadcast import announce
from migrations_ui.models import Clearing, Event, Migration, Recheck
from migrations_ui.models.event import Line
from migrations_ui.states import Level
from pools.services.queueing import queue_by_name, queue_task

RUN = "migrations_ui.tasks.run_migration"
RECHECK = "migrations_ui.tasks.recheck"
CHECK = "migrations_ui.tasks.check_migration"
CLEAR = "migrations_ui.tasks.clear_kept"
LIST_KEPT = "migrations_ui.tasks.list_kept"
FETCH_CONFLICTS = "migrations_ui.tasks.fetch_conflicts"

NOT_QUEUED = (
    "The queue cannot be reached: check that Redis runs. Nothing is lost and nobody has to ask "
    "again; the work begins by itself when Redis is back."
)


def queue_run(migration_id: int) -> None:
    """Have a worker go on with this migration, in whatever direction its state says."""
    queue_by_name(RUN, migration_id, if_not=partial(_say_so, migration_id))


def queue_check(migration_id: int) -> None:
    """Have a worker make the preflight report."""
    queue_by_name(CHECK, migration_id, if_not=partial(_say_so, migration_id))


def queue_recheck(recheck_id: int) -> None:
    """Have a worker compare rows again."""
    migration_id = Recheck.objects.values_list("migration_id", flat=True).get(pk=recheck_id)
    queue_by_name(RECHECK, recheck_id, if_not=partial(_say_so, migration_id))


def queue_clearing(clearing_id: int) -> None:
    """Have a worker clear what a move kept."""
    migration_id = Clearing.objects.values_list("migration_id", flat=True).get(pk=clearing_id)
    queue_by_name(CLEAR, clearing_id, if_not=partial(_say_so, migration_id))


def queue_condition(migration: Migration) -> None:
    """Have the server and its pool asked now how they are; Confirm has asked for the members.

    Without a queue the beat asks.
    """
    queue_task("sweep_health", migration.pool_id, migration.server_id)
    queue_task("sweep_status", migration.server_id)


def _say_so(migration_id: int, _reason: str) -> None:
    # The row stands, and the beat queues again what nobody works on.
    Event.objects.append(migration_id, [Line(NOT_QUEUED, level=Level.WARNING)])
    announce(migration_id)
