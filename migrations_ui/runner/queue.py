"""Row first, task second: a task is queued when the row that asks for it is committed."""

from __future__ import annotations

from functools import partial

from migrations_ui.broadcast import announce
from migrations_ui.models import Event, Migration, Purge, Verification
from migrations_ui.models.event import Line
from migrations_ui.states import Level
from pools.services.task_queue import queue_by_name, queue_task

RUN = "migrations_ui.tasks.run_migration"
VERIFY_AGAIN = "migrations_ui.tasks.verification"
CHECK = "migrations_ui.tasks.check_migration"
PURGE = "migrations_ui.tasks.purge_retained"
LIST_RETAINED = "migrations_ui.tasks.list_retained"
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


def queue_verification(verification_id: int) -> None:
    """Have a worker compare rows again."""
    migration_id = Verification.objects.values_list("migration_id", flat=True).get(
        pk=verification_id
    )
    queue_by_name(VERIFY_AGAIN, verification_id, if_not=partial(_say_so, migration_id))


def queue_purge(purge_id: int) -> None:
    """Have a worker purge what a migration keeps."""
    migration_id = Purge.objects.values_list("migration_id", flat=True).get(pk=purge_id)
    queue_by_name(PURGE, purge_id, if_not=partial(_say_so, migration_id))


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
