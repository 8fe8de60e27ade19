"""Row first, task second: a task is queued when the row that asks for it is committed."""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from migrations_ui.live.events import announce
from migrations_ui.models import Event
from migrations_ui.models.event import Line
from migrations_ui.states import Level

RUN = "migrations_ui.tasks.run_migration"
CHECK = "migrations_ui.tasks.check_migration"

NOT_QUEUED = (
    "The queue cannot be reached: check that Redis runs. Nothing is lost and nobody has to ask "
    "again; the work begins by itself when Redis is back."
)

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
        # The row stands, and the beat queues again what nobody works on.
        logger.warning("task not queued", task=task, migration=migration_id, error=str(error))
        Event.objects.append(migration_id, [Line(NOT_QUEUED, level=Level.WARNING)])
        announce(migration_id)
