"""Operations: commands that a person has run on a server. The row comes first, then the task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from console.accounts.models import User
from pools.broadcast.events import announce_operation
from pools.gateways.console import DominoConsole
from pools.gateways.errors import GatewayError
from pools.gateways.shell import Shell
from pools.gateways.traveler_util import LOG_COLLECT_TIMEOUT, TravelerUtil
from pools.models import Operation, OperationLine, Server
from pools.services import audit
from pools.services.collected_logs import fetch_archive
from pools.services.database_passwords import mark_up_to_date
from pools.services.errors import ServiceError
from pools.services.hosts import shell_on
from pools.services.task_queue import queue_task
from pools.states import OperationKind, OperationStatus

INTERRUPTED = "The worker was lost while this ran. Look at the server, then run it again."
UNFORESEEN = (
    "An unforeseen error ended this ({}); the worker's log has it. Look at the server, then run "
    "it again."
)
# Collecting the logs may take half an hour, and is the longest of them all.
LONGEST = timedelta(seconds=2 * LOG_COLLECT_TIMEOUT)

logger = structlog.get_logger(__name__)


class OperationFailed(ServiceError):
    """The command ran, and reported a failure."""

    code = "operation_failed"
    remedy = "Read what the command printed."

    def __init__(self, message: str, lines: list[str]) -> None:
        super().__init__(message)
        self.lines = lines


def queue_operation(server: Server, *, kind: OperationKind, actor: User) -> Operation:
    """Write the operation down and hand it to a worker once that is committed."""
    with transaction.atomic():
        operation = Operation.objects.create(server=server, kind=kind, actor=actor)
        audit.record(actor=actor, action=f"run_{kind}", target=str(server))
        queue_task("run_operation", operation.pk, if_not=partial(_fail_unqueued, operation.pk))
    return operation


def run_operation(operation_id: int) -> None:
    """Run a queued operation and keep what it printed; its failure is a result, not an error.

    A second delivery of the same task means that the first worker died: the command may have run
    or not, so it is not repeated unasked.
    """
    rows = Operation.objects.filter(pk=operation_id)
    now = timezone.now()
    if not rows.filter(status=OperationStatus.QUEUED).update(
        status=OperationStatus.RUNNING, started_at=now
    ):
        rows.filter(status=OperationStatus.RUNNING).update(
            status=OperationStatus.FAILED, finished_at=now, failure=INTERRUPTED
        )
        return
    operation = rows.select_related("server__profile", "server__ssh_login").get()
    announce_operation(operation)
    try:
        with shell_on(operation.server) as shell:
            lines = RUNNERS[OperationKind(operation.kind)](operation.server, shell)
            if operation.kind == OperationKind.LOG_COLLECT:
                lines = [*lines, fetch_archive(operation, shell, lines)]
    except OperationFailed as error:
        _finish(operation, OperationStatus.FAILED, error.lines, failure=str(error))
    except GatewayError as error:
        _finish(operation, OperationStatus.FAILED, _printed(error), failure=str(error))
    except Exception as error:
        logger.exception("operation failed", operation_id=operation.pk, kind=operation.kind)
        failure = UNFORESEEN.format(type(error).__name__)
        _finish(operation, OperationStatus.FAILED, [], failure=failure)
    else:
        _finish(operation, OperationStatus.SUCCEEDED, lines)
    announce_operation(operation)


def fail_lost_operations() -> int:
    """Fail what runs longer than any command may: its worker is gone. Returns their number."""
    now = timezone.now()
    running = Operation.objects.filter(status=OperationStatus.RUNNING)
    lost = list(running.filter(started_at__lt=now - LONGEST))
    running.filter(pk__in=[operation.pk for operation in lost]).update(
        status=OperationStatus.FAILED, finished_at=now, failure=INTERRUPTED
    )
    for operation in lost:
        announce_operation(operation)
    return len(lost)


def _fail_unqueued(operation_id: int, reason: str) -> None:
    Operation.objects.filter(pk=operation_id, status=OperationStatus.QUEUED).update(
        status=OperationStatus.FAILED, finished_at=timezone.now(), failure=reason
    )


@transaction.atomic
def _finish(
    operation: Operation, status: OperationStatus, lines: list[str], failure: str = ""
) -> None:
    OperationLine.objects.bulk_create(
        OperationLine(operation=operation, position=position, text=text)
        for position, text in enumerate(lines, start=1)
    )
    Operation.objects.filter(pk=operation.pk, status=OperationStatus.RUNNING).update(
        status=status, finished_at=timezone.now(), failure=failure
    )


def _printed(error: GatewayError) -> list[str]:
    return list(getattr(error, "output_lines", ()))


def _console(server: Server, shell: Shell) -> DominoConsole:
    return DominoConsole(shell, server.profile.host_profile())


def _utility(server: Server, shell: Shell) -> TravelerUtil:
    return TravelerUtil(shell, server.profile.host_profile())


def _hadr_show(server: Server, shell: Shell) -> list[str]:
    return _console(server, shell).ask(server.profile.hadr_show)


def _status(server: Server, shell: Shell) -> list[str]:
    return _console(server, shell).ask(server.profile.status)


def _drain(server: Server, shell: Shell) -> list[str]:
    return _console(server, shell).drain()


def _resume_service(server: Server, shell: Shell) -> list[str]:
    return _console(server, shell).resume_service()


def _db_show(server: Server, shell: Shell) -> list[str]:
    setting = _utility(server, shell).db_show()
    if setting.uses_derby is None:
        raise OperationFailed(
            "What travelerUtil printed was not understood: it names no database. Its words for its "
            f"own one belong into “derby” of the answer words, in the profile {server.profile}.",
            list(setting.lines),
        )
    return list(setting.lines)


def _db_check(server: Server, shell: Shell) -> list[str]:
    outcome = _utility(server, shell).db_check()
    if outcome.passed is None:
        raise OperationFailed(
            "What travelerUtil printed was not understood, so nothing is known about the setting. "
            "Its words for right and wrong belong into “valid” and “failed” of the answer words, "
            f"in the command profile {server.profile}.",
            list(outcome.messages),
        )
    if not outcome.passed:
        raise OperationFailed("The server cannot use its database setting.", list(outcome.messages))
    mark_up_to_date(server, how="the server's own db check succeeded")
    return list(outcome.messages)


def _log_collect(server: Server, shell: Shell) -> list[str]:
    return list(_utility(server, shell).log_collect())


RUNNERS: dict[OperationKind, Callable[[Server, Shell], list[str]]] = {
    OperationKind.HADR_SHOW: _hadr_show,
    OperationKind.STATUS: _status,
    OperationKind.DRAIN: _drain,
    OperationKind.RESUME_SERVICE: _resume_service,
    OperationKind.DB_SHOW: _db_show,
    OperationKind.DB_CHECK: _db_check,
    OperationKind.LOG_COLLECT: _log_collect,
}
