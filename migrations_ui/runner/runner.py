"""The run: does the steps that are left, or undoes those that were done, until a person is needed.

Resuming is the same code as starting: what is left is read from the rows, and a step that was cut
off is run again from its beginning, which every step is made for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

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
from migrations_ui.runner.outages import CONSOLE_AWAY, outlast
from migrations_ui.runner.status import change_status
from migrations_ui.states import (
    GOING_BACK,
    TO_DO,
    TO_UNDO,
    EventKind,
    Level,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted, StepError
from migrations_ui.steps.registry import STEPS, UNDO_ORDER
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
    match migration.state:
        case S.RUNNING:
            return _advance(migration, heartbeat)
        case S.PAUSING if _keeps_server_down(migration):
            return _advance(migration, heartbeat)
        case S.PAUSING:
            text = "Paused. Nothing is written until it resumes."
            with heartbeat.writing():
                change_status(migration, new=S.PAUSED, text=text)
            return True
        case S.CANCELLING | S.ROLLING_BACK:
            return _retreat(migration, heartbeat)
        case _:
            return False


def _keeps_server_down(migration: Migration) -> bool:
    """A rehearsal rests only when its server runs again."""
    if not migration.is_rehearsal:
        return False
    of = dict(migration.steps.values_list("name", "status"))
    begun = of[StepName.STOP] != StepStatus.WAITING
    return begun and of[StepName.RESTART] != StepStatus.DONE


def _advance(migration: Migration, heartbeat: LeaseHeartbeat) -> bool:
    step = migration.steps.filter(status__in=TO_DO).order_by("position").first()
    if step is None:
        new, text = _good_end(migration)
        with heartbeat.writing():
            change_status(migration, new=new, text=text, finished_at=timezone.now())
        return True
    if step.name == StepName.CUTOVER:
        with heartbeat.writing():
            change_status(
                migration,
                new=S.AWAITING_CUTOVER,
                text=_at_the_gate(migration),
                current_step=StepName.CUTOVER,
            )
        return True
    control: Control = heartbeat
    if migration.is_rehearsal and step.name in SERVER_IS_DOWN:
        control = UnpausedControl(heartbeat)
    return _carry_out(migration, step, heartbeat, control, STEPS[StepName(step.name)].run)


def _at_the_gate(migration: Migration) -> str:
    if migration.is_vendor_transfer:
        return "The backup is complete and verified. A person has to confirm the cut-over."
    return "Everything is copied and verified. A person has to confirm the cut-over."


def _good_end(migration: Migration) -> tuple[MigrationStatus, str]:
    server, pool = migration.server, migration.pool
    if migration.is_rehearsal:
        return S.REHEARSED, f"The move of {server} into {pool} is rehearsed and tidied up."
    return S.FINISHED, f"{server} is a member of {pool}."


def _retreat(migration: Migration, heartbeat: LeaseHeartbeat) -> bool:
    to_undo = {StepName(step.name): step for step in migration.steps.filter(status__in=TO_UNDO)}
    step = next((to_undo[name] for name in UNDO_ORDER if name in to_undo), None)
    if step is None:
        with heartbeat.writing():
            change_status(
                migration,
                new=_end_of_rollback(migration),
                text=f"{migration.server} is standalone, as before the {migration.display_noun}.",
                finished_at=timezone.now(),
            )
        return True
    undo = STEPS[StepName(step.name)].undo
    if undo is None:
        with heartbeat.writing():
            Step.objects.filter(pk=step.pk).update(status=StepStatus.UNDONE)
        return True
    return _carry_out(migration, step, heartbeat, PersistentControl(heartbeat), undo)


def _end_of_rollback(migration: Migration) -> MigrationStatus:
    if migration.state is S.ROLLING_BACK:
        return S.ROLLED_BACK
    # A cancellation clears the failure: one that is still there is why a rehearsal turned back.
    failed = migration.is_rehearsal and bool(migration.failure)
    return S.REHEARSAL_FAILED if failed else S.CANCELLED


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


def told(error: Exception) -> str:
    """What happened and what to do about it; the error classes carry both, and no secret."""
    text = str(error)
    remedy: str = getattr(error, "remedy", "")
    return text if remedy in text else f"{text} {remedy}"


def unforeseen(error: Exception) -> str:
    """That it happened, and where more is told; the caller says what to do, and ends the sentence.

    Its own text may hold anything, a connection string for example: it goes to the log only.
    """
    return (
        f"Something unforeseen happened ({type(error).__name__}). The worker's log has the details"
    )
