"""The words and the legal transitions of a migration: data only.

The screens draw their buttons from `ACTIONS`, the services move along `TRANSITIONS`, and the
tests walk both.
"""

from __future__ import annotations

from django.db import models


class MigrationStatus(models.TextChoices):
    DRAFT = "draft", "draft"
    CHECKING = "checking", "checking"
    READY = "ready", "ready"
    RUNNING = "running", "running"
    PAUSING = "pausing", "pausing"
    PAUSED = "paused", "paused"
    AWAITING_CUTOVER = "awaiting_cutover", "waiting for you"
    CANCELLING = "cancelling", "cancelling"
    CANCELLED = "cancelled", "cancelled"
    FAILED = "failed", "failed"
    FINISHED = "finished", "finished"
    ROLLING_BACK = "rolling_back", "rolling back"
    ROLLED_BACK = "rolled_back", "rolled back"


S = MigrationStatus

TRANSITIONS: dict[MigrationStatus, frozenset[MigrationStatus]] = {
    S.DRAFT: frozenset({S.CHECKING, S.CANCELLED}),
    # Checking ends ready or, with blockers, as a draft again.
    S.CHECKING: frozenset({S.READY, S.DRAFT}),
    S.READY: frozenset({S.CHECKING, S.RUNNING, S.CANCELLED}),
    S.RUNNING: frozenset(
        {S.PAUSING, S.AWAITING_CUTOVER, S.CANCELLING, S.FAILED, S.FINISHED, S.ROLLING_BACK}
    ),
    S.PAUSING: frozenset({S.PAUSED, S.RUNNING, S.CANCELLING, S.FAILED, S.ROLLING_BACK}),
    S.PAUSED: frozenset({S.RUNNING, S.CANCELLING, S.ROLLING_BACK}),
    S.AWAITING_CUTOVER: frozenset({S.RUNNING, S.CANCELLING}),
    S.CANCELLING: frozenset({S.CANCELLED, S.FAILED}),
    S.CANCELLED: frozenset(),
    S.FAILED: frozenset({S.RUNNING, S.CANCELLING, S.ROLLING_BACK}),
    S.FINISHED: frozenset({S.ROLLING_BACK}),
    S.ROLLING_BACK: frozenset({S.ROLLED_BACK, S.FAILED}),
    S.ROLLED_BACK: frozenset(),
}

# States in which a worker undoes steps, last one first.
GOING_BACK = frozenset({S.CANCELLING, S.ROLLING_BACK})
# States in which a worker has to hold the lease and make progress.
WORKING = GOING_BACK | {S.CHECKING, S.RUNNING, S.PAUSING}
ENDED = frozenset({S.CANCELLED, S.FINISHED, S.ROLLED_BACK})


class StepName(models.TextChoices):
    """In the order in which they run.

    Stop comes before backup: Derby and the .nsf files are open while Domino runs, and a copy of
    open files cannot be trusted to restore a server (domain.md 6).
    """

    PREFLIGHT = "preflight", "Preflight"
    STOP = "stop", "Stop"
    BACKUP = "backup", "Backup"
    FETCH = "fetch", "Fetch"
    SCHEMA = "schema", "Schema"
    COPY = "copy", "Copy"
    VERIFY = "verify", "Verify"
    CUTOVER = "cutover", "Cut-over"
    CONFIGURE = "configure", "Configure"
    START = "start", "Start"
    CONFIRM = "confirm", "Confirm"


class StepStatus(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    UNDONE = "undone", "undone"


# What a run still has to do, and what a cancellation or roll-back still has to take back.
TO_DO = frozenset({StepStatus.WAITING, StepStatus.RUNNING, StepStatus.FAILED})
TO_UNDO = TO_DO - {StepStatus.WAITING} | {StepStatus.DONE}


class Action(models.TextChoices):
    """What a person may ask of a migration; the label is the button."""

    CHECK = "check", "Check again"
    START = "start", "Start the move"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    RETRY = "retry", "Retry this step"
    CONFIRM = "confirm", "Cut over"
    CANCEL = "cancel", "Cancel…"
    ROLL_BACK = "roll_back", "Roll back…"


# Which actions fit a state. `Migration.actions` takes away what does not fit the moment: cancel
# after the cut-over, roll back before it, and retry when steps have been undone.
ACTIONS: dict[MigrationStatus, tuple[Action, ...]] = {
    S.DRAFT: (Action.CHECK, Action.CANCEL),
    S.READY: (Action.START, Action.CHECK, Action.CANCEL),
    S.RUNNING: (Action.PAUSE, Action.CANCEL, Action.ROLL_BACK),
    S.PAUSING: (Action.RESUME, Action.CANCEL, Action.ROLL_BACK),
    S.PAUSED: (Action.RESUME, Action.CANCEL, Action.ROLL_BACK),
    S.AWAITING_CUTOVER: (Action.CONFIRM, Action.CANCEL),
    S.FAILED: (Action.RETRY, Action.CANCEL, Action.ROLL_BACK),
    S.FINISHED: (Action.ROLL_BACK,),
}


class Outcome(models.TextChoices):
    """What one preflight check found."""

    PASSED = "passed", "passed"
    WARNING = "warning", "warning"
    BLOCKER = "blocker", "blocker"


class TransferStatus(models.TextChoices):
    WAITING = "waiting", "waiting"
    COPYING = "copying", "copying"
    COPIED = "copied", "copied"
    FAILED = "failed", "failed"


class Verification(models.TextChoices):
    NOT_VERIFIED = "not_verified", "not verified"
    EQUAL = "equal", "verified"
    DIFFERENT = "different", "differs"


class ConflictPolicy(models.TextChoices):
    """What stays where the pool has a row of the same key that is not equal."""

    NEWEST = "newest", "The newest row wins"
    POOL = "pool", "The pool's row stays"
    SERVER = "server", "The server's row wins"
    STOP = "stop", "Stop at such a row and ask"


class ConflictVerdict(models.TextChoices):
    """What the run did with one such row."""

    REPLACED = "replaced", "server's row won"
    KEPT = "kept", "pool's row stayed"
    BARRED = "barred", "pool's row stayed, a value is taken"
    OPEN = "open", "not decided"


class MismatchKind(models.TextChoices):
    """What a comparison found wrong with a row in the pool's database."""

    MISSING = "missing", "missing in the pool"
    DIFFERS = "differs", "differs"
    EXTRA = "extra", "only in the pool"
    GONE = "gone", "the pool's own, gone"
    REPLAYED = "replayed", "not as it was corrected"


class RecheckKind(models.TextChoices):
    VERIFY = "verify", "compare again"
    REPAIR = "repair", "write again, then compare"
    REPLAY = "replay", "write a corrected row, then compare"


class RecheckStatus(models.TextChoices):
    QUEUED = "queued", "waiting for a worker"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class EventKind(models.TextChoices):
    STATUS = "status", "status"
    STEP = "step", "step"
    LOG = "log", "log"


class Level(models.TextChoices):
    INFO = "info", "info"
    WARNING = "warning", "warning"
    ERROR = "error", "error"
