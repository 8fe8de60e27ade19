"""Handing work to a worker, once the row that asks for it is committed."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

NOT_QUEUED = "The queue cannot be reached: check that Redis runs, then ask again."

logger = structlog.get_logger(__name__)


def queue_task(
    task: str, *arguments: int | None, if_not: Callable[[str], object] | None = None
) -> None:
    """Queue `pools.tasks.<task>` on commit; `if_not(reason)` is called when that cannot be."""
    queue_by_name(f"pools.tasks.{task}", *arguments, if_not=if_not)


def queue_by_name(
    task: str, *arguments: int | None, if_not: Callable[[str], object] | None = None
) -> None:
    """The same for any task, by its full name, because the tasks import the services."""

    def send() -> None:
        try:
            current_app.send_task(task, args=list(arguments), retry=False)
        except OperationalError as error:
            logger.warning("task not queued", task=task, arguments=arguments, error=str(error))
            if if_not is not None:
                if_not(NOT_QUEUED)

    transaction.on_commit(send)
