"""Row first, task second: a task is queued when the row that asks for it is committed."""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

RUN = "migrations_ui.tasks.run_migration"
CHECK = "migrations_ui.tasks.check_migration"

logger = structlog.get_logger(__name__)


def queue_run(migration_id: int) -> None:
    """Have a worker go on with this migration, in whatever direction its state says."""
    transaction.on_commit(lambda: _send(RUN, migration_id))


def queue_check(migration_id: int) -> None:
    """Have a worker make the preflight report."""
    transaction.on_commit(lambda: _send(CHECK, migration_id))


def _send(task: str, migration_id: int) -> None:
    """Hand the task to the broker, if there is one at the moment."""
    # By name: the tasks module imports the services, so the services must not import it.
    try:
        current_app.send_task(task, args=[migration_id], retry=False)
    except OperationalError as error:
        # Nothing is lost: the row stands, and the beat queues again what nobody works on.
        logger.warning("task not queued", task=task, migration=migration_id, error=str(error))
