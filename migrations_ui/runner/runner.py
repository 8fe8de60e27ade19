"""The run: does what `next_action` says, one step at a time, until a person is needed.

A step that was cut off is run again from its beginning, which every step is made for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from django.db import connection
from django.db.models import F
from django.utils import timezone

from migrations_ui.broadcast import announce_state
from migrations_ui.models import Migration, Step
from migrations_ui.runner.failures import Failure, failure_of
from migrations_ui.runner.journal import StepJournal
from migrations_ui.runner.lease import (
    LeaseHeartbeat,
    PersistentControl,
    UnpausedControl,
    holding_lease,
)
from migrations_ui.runner.next_action import ActionKind, next_action
from migrations_ui.runner.outages import CONSOLE_AWAY, outlast
from migrations_ui.runner.status import change_status
from migrations_ui.states import (
    ENDED,
    GOING_BACK,
    EventKind,
    Level,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted, StepError
from migrations_ui.steps.registry import STEPS
from migrations_ui.transfer.control import Control
from migrations_ui.transfer.errors import RunnerReplaced, TransferError
from pools.databases.errors import DatabaseError
from pools.gateways.errors import GatewayError

S = MigrationStatus
logger = structlog.get_logger(__name__)

# After what nobody foresaw: no step's own advice would be to the point.
AGAIN = "retry, and report it if it comes again."

SERVER_IS_DOWN = frozenset({StepName.STOP, StepName.BACKUP, StepName.RESTART})
# Failures whose text is written for the person who has to act.
EXPECTED = (StepError, GatewayError, DatabaseError, TransferError)


def run_migration(migration_id: int) -> None:
    """Take the lease and work until the migration rests or ends. A twin finds no lease and goes."""
    with holding_lease(migration_id) as heartbeat, suppress(RunnerReplaced):
        while heartbeat and _next(migration_id, heartbeat):
            pass


def _next(migration_id: int, heartbeat: LeaseHeartbeat) -> bool:
    """The same with the console's own database away for a moment: the rows say where the run is,
    and if it takes longer than the lease, the beat queues it again."""
    try:
        return heartbeat.holds() and _go_on(Migration.objects.for_run(migration_id), heartbeat)
    except CONSOLE_AWAY as error:
        logger.warning("the console database is away", migration=migration_id, error=str(error))
        connection.close()
        return heartbeat.rest()


def _go_on(migration: Migration, heartbeat: LeaseHeartbeat) -> bool:
    """Do the next thing; False when nothing is left for a worker."""
    steps = {StepName(step.name): step for step in migration.steps.order_by("position")}
    action = next_action(
        migration.state,
        migration.kind_enum,
        [(name, StepStatus(step.status)) for name, step in steps.items()],
        has_failed=bool(migration.failure),
    )
    if action.status is not None:
        return _change_status(migration, action.status, heartbeat)
    if action.step is None:
        return False
    step = steps[action.step]
    if action.kind is ActionKind.UNDO:
        return _undo(migration, step, heartbeat)
    control: Control = heartbeat
    if migration.is_rehearsal and action.step in SERVER_IS_DOWN:
        control = UnpausedControl(heartbeat)
    return _carry_out(migration, step, heartbeat, control, STEPS[action.step].run)


def _change_status(migration: Migration, new: MigrationStatus, heartbeat: LeaseHeartbeat) -> bool:
    changes: dict[str, Any] = {}
    if new in ENDED:
        changes["finished_at"] = timezone.now()
    if new is S.AWAITING_CUTOVER:
        changes["current_step"] = StepName.CUTOVER
    with heartbeat.writing():
        change_status(migration, new=new, text=_sentence(migration, new), **changes)
    return True


def _sentence(migration: Migration, new: MigrationStatus) -> str:
    """The event that a change of status by the run itself is recorded with."""
    server, pool = migration.server, migration.pool
    match new:
        case S.PAUSED:
            return "Paused. Nothing is written until it resumes."
        case S.AWAITING_CUTOVER if migration.is_vendor_transfer:
            return "The backup is complete and verified. A person has to confirm the cut-over."
        case S.AWAITING_CUTOVER:
            return "Everything is copied and verified. A person has to confirm the cut-over."
        case S.FINISHED:
            return f"{server} is a member of {pool}."
        case S.REHEARSED:
            return f"The migration of {server} into {pool} is rehearsed and tidied up."
        case _:
            return f"{server} is standalone, as before the {migration.display_noun}."


def _undo(migration: Migration, step: Step, heartbeat: LeaseHeartbeat) -> bool:
    undo = STEPS[StepName(step.name)].undo
    if undo is None:
        with heartbeat.writing():
            Step.objects.filter(pk=step.pk).update(status=StepStatus.UNDONE)
        return True
    return _carry_out(migration, step, heartbeat, PersistentControl(heartbeat), undo)


def _carry_out(
    migration: Migration,
    step: Step,
    heartbeat: LeaseHeartbeat,
    control: Control,
    work: Callable[[StepContext], str],
) -> bool:
    """Run or undo one step and write down how it ended; False when the lease is lost."""
    back = migration.state in GOING_BACK
    journal = StepJournal(step, attempt=heartbeat.attempt)
    context = context_of(migration, journal, control, heartbeat)
    with heartbeat.ticking(journal.flush):
        _begin(step, journal, heartbeat, back=back)
        summary, failure = "", None
        try:
            summary = outlast(lambda: work(context), context)
        except (Interrupted, RunnerReplaced):
            return True
        except EXPECTED as error:
            failure = failure_of(error, StepName(step.name))
        except Exception as error:
            logger.exception("step failed unexpectedly", migration=migration.pk, step=step.name)
            failure = Failure(
                f"{unforeseen(error)}; {AGAIN}", AGAIN, failure_of(error, StepName(step.name)).about
            )
        else:
            failure = None
        if not heartbeat.holds():
            return False
        if failure:
            journal.flush()
            with heartbeat.writing():
                _fail(step, failure, back=back)
            return True
        journal.log(summary, kind=EventKind.STEP)
        with heartbeat.writing():
            Step.objects.filter(pk=step.pk).update(
                status=StepStatus.UNDONE if back else StepStatus.DONE,
                finished_at=timezone.now(),
                summary=summary,
            )
    return True


def context_of(
    migration: Migration, journal: StepJournal, control: Control, heartbeat: LeaseHeartbeat
) -> StepContext:
    """What a step gets from a worker that has the lease."""
    return StepContext(
        migration,
        journal,
        control,
        heartbeat.ticking,
        attempt=heartbeat.attempt,
        has_lapsed=lambda: heartbeat.has_lapsed,
    )


def _begin(step: Step, journal: StepJournal, heartbeat: LeaseHeartbeat, *, back: bool) -> None:
    with heartbeat.writing():
        Step.objects.filter(pk=step.pk).update(
            status=StepStatus.RUNNING,
            attempts=F("attempts") + 1,
            started_at=step.started_at or timezone.now(),
            finished_at=None,
        )
        Migration.objects.filter(pk=step.migration_id).update(current_step=step.name)
        announce_state(step.migration_id)
    begun = "is taken back" if back else "begins" if not step.attempts else "begins again"
    journal.log(f"{step.get_name_display()} {begun}.", kind=EventKind.STEP)


def _fail(step: Step, failure: Failure, *, back: bool) -> None:
    """Stop for a person, unless a person has asked in the meantime to turn back."""
    text = failure.text
    Step.objects.filter(pk=step.pk).update(
        status=StepStatus.FAILED, finished_at=timezone.now(), summary=text
    )
    migration = Migration.objects.for_run(step.migration_id)
    if migration.state in GOING_BACK and not back:
        return
    if migration.is_rehearsal and not back:
        _roll_back_rehearsal(migration, step, failure)
        return
    change_status(
        migration,
        new=S.FAILED,
        text=f"{step.get_name_display()} failed. {text}",
        level=Level.ERROR,
        failure=text,
        failure_remedy=failure.remedy,
        failure_about=failure.about,
    )


def _roll_back_rehearsal(migration: Migration, step: Step, failure: Failure) -> None:
    """A rehearsal that fails waits for nobody: the server and the database come first."""
    change_status(
        migration,
        new=S.CANCELLING,
        text=f"{step.get_name_display()} failed. {failure.text} The rehearsal tidies up and ends.",
        level=Level.ERROR,
        failure=failure.text,
        failure_remedy=failure.remedy,
        failure_about=failure.about,
        is_going_back=True,
    )


def describe(error: Exception) -> str:
    """What happened and what to do about it; the error classes carry both, and no secret."""
    text = str(error)
    remedy: str = getattr(error, "remedy", "")
    return text if remedy in text else f"{text} {remedy}"


def unforeseen(error: Exception) -> str:
    """That it happened, and where more is said; the caller says what to do, and ends the sentence.

    Its own text may hold anything, a connection string for example: it goes to the log only.
    """
    return (
        f"Something unforeseen happened ({type(error).__name__}). The worker's log has the details"
    )
