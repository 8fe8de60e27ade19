"""The words and the legal transitions of a migration: data only.

The screens draw their buttons from `ACTIONS`, the services move along `TRANSITIONS`, and the
tests walk both.
"""

from __future__ import annotations

from django.db import models


class MigrationKind(models.TextChoices):
    """A rehearsal does all that a migration does up to the gate, on a scratch copy of the pool's
    tables, and takes it back. In a vendor transfer the server brings its data over by itself."""

    MIGRATION = "migration", "migration"
    REHEARSAL = "rehearsal", "rehearsal"
    VENDOR = "vendor", "vendor transfer"


class MigrationStatus(models.TextChoices):
    """Where a migration stands; `TRANSITIONS` says what may follow."""

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
    REHEARSED = "rehearsed", "rehearsed"
    REHEARSAL_FAILED = "rehearsal_failed", "rehearsal failed"


S = MigrationStatus

TRANSITIONS: dict[MigrationStatus, frozenset[MigrationStatus]] = {
    S.DRAFT: frozenset({S.CHECKING, S.CANCELLED}),
    # Checking ends ready or, with blockers, as a draft again.
    S.CHECKING: frozenset({S.READY, S.DRAFT}),
    S.READY: frozenset({S.CHECKING, S.RUNNING, S.CANCELLED}),
    S.RUNNING: frozenset(
        {
            *(S.PAUSING, S.AWAITING_CUTOVER, S.CANCELLING, S.FAILED, S.FINISHED, S.ROLLING_BACK),
            S.REHEARSED,
        }
    ),
    S.PAUSING: frozenset({S.PAUSED, S.RUNNING, S.CANCELLING, S.FAILED, S.ROLLING_BACK}),
    S.PAUSED: frozenset({S.RUNNING, S.CANCELLING, S.ROLLING_BACK}),
    S.AWAITING_CUTOVER: frozenset({S.RUNNING, S.CANCELLING}),
    # A rehearsal that fails tidies up by itself, as if it had been cancelled.
    S.CANCELLING: frozenset({S.CANCELLED, S.FAILED, S.REHEARSAL_FAILED}),
    S.CANCELLED: frozenset(),
    S.FAILED: frozenset({S.RUNNING, S.CANCELLING, S.ROLLING_BACK}),
    S.FINISHED: frozenset({S.ROLLING_BACK}),
    S.ROLLING_BACK: frozenset({S.ROLLED_BACK, S.FAILED}),
    S.ROLLED_BACK: frozenset(),
    S.REHEARSED: frozenset(),
    S.REHEARSAL_FAILED: frozenset(),
}

# States in which a worker undoes steps, last one first.
GOING_BACK = frozenset({S.CANCELLING, S.ROLLING_BACK})
# States in which a worker has to hold the lease and make progress.
WORKING = GOING_BACK | {S.CHECKING, S.RUNNING, S.PAUSING}
# States that last until a person acts. What has not begun waits for nobody.
STANDING = frozenset({S.PAUSED, S.AWAITING_CUTOVER, S.FAILED})
ENDED = frozenset({S.CANCELLED, S.FINISHED, S.ROLLED_BACK, S.REHEARSED, S.REHEARSAL_FAILED})


class StepName(models.TextChoices):
    """What a migration may consist of; which of them, and in which order, says STEP_ORDER.

    Stop comes before backup: Derby and the .nsf files are open while Domino runs, and a copy of
    open files cannot be trusted to restore a server (domain.md 6).

    The compatibility check is a step of its own between schema and copy: it has to see both sides,
    it is done once however often the copy is paused, and a person who changes what happens to
    incompatible values retries it and nothing else. Once it is done, what it decided stands for the
    copy and for the rollback.
    """

    PREFLIGHT = "preflight", "Preflight"
    STOP = "stop", "Stop"
    BACKUP = "backup", "Backup"
    FETCH = "fetch", "Fetch"
    SCHEMA = "schema", "Schema"
    COMPATIBILITY = "compatibility", "Compatibility"
    COPY = "copy", "Copy"
    VERIFY = "verify", "Verify"
    CUTOVER = "cutover", "Cut-over"
    CONFIGURE = "configure", "Configure"
    START = "start", "Start"
    CONFIRM = "confirm", "Check membership"
    RESTART = "restart", "Start again"
    SCRATCH = "scratch", "Scratch schema"
    CLEAN_UP = "clean_up", "Clean up"
    FOLLOW = "follow", "Follow"


STEP_ORDER: dict[MigrationKind, tuple[StepName, ...]] = {
    MigrationKind.MIGRATION: (
        *(StepName.PREFLIGHT, StepName.STOP, StepName.BACKUP, StepName.FETCH, StepName.SCHEMA),
        *(StepName.COMPATIBILITY, StepName.COPY, StepName.VERIFY, StepName.CUTOVER),
        *(StepName.CONFIGURE, StepName.START, StepName.CONFIRM),
    ),
    # Here the gate comes before the data are migrated: the server's own transfer cannot be taken
    # back.
    MigrationKind.VENDOR: (
        *(StepName.PREFLIGHT, StepName.STOP, StepName.BACKUP, StepName.CUTOVER),
        *(StepName.CONFIGURE, StepName.START, StepName.FOLLOW, StepName.CONFIRM),
    ),
    # The server is down only while its files are read; all that takes long comes after.
    MigrationKind.REHEARSAL: (
        *(StepName.PREFLIGHT, StepName.STOP, StepName.BACKUP, StepName.RESTART, StepName.FETCH),
        *(
            StepName.SCRATCH,
            StepName.SCHEMA,
            StepName.COMPATIBILITY,
            StepName.COPY,
            StepName.VERIFY,
        ),
        StepName.CLEAN_UP,
    ),
}


# The server goes back to work first; then the console tidies up what it wrote elsewhere.
UNDO_ORDER: tuple[StepName, ...] = (
    StepName.CONFIRM,
    StepName.FOLLOW,
    StepName.START,
    StepName.CONFIGURE,
    StepName.CUTOVER,
    StepName.CLEAN_UP,
    StepName.RESTART,
    StepName.STOP,
    StepName.VERIFY,
    StepName.COPY,
    StepName.COMPATIBILITY,
    StepName.SCHEMA,
    StepName.SCRATCH,
    StepName.FETCH,
    StepName.BACKUP,
    StepName.PREFLIGHT,
)


class StepStatus(models.TextChoices):
    """Where a step stands."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    UNDONE = "undone", "undone"


# What a run still has to do, and what a cancellation or rollback still has to take back.
TO_DO = frozenset({StepStatus.WAITING, StepStatus.RUNNING, StepStatus.FAILED})
TO_UNDO = TO_DO - {StepStatus.WAITING} | {StepStatus.DONE}


class Action(models.TextChoices):
    """What a person may ask of a migration; the label is the button."""

    CHECK = "check", "Check again"
    START = "start", "Start the migration"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    RETRY = "retry", "Retry this step"
    CONFIRM = "confirm", "Cut over"
    CANCEL = "cancel", "Cancel…"
    ROLL_BACK = "roll_back", "Roll back…"
    MIGRATE = "migrate", "Start the real migration"


# Which actions fit a state. `Migration.actions` takes away what does not fit the moment: cancel
# after the cut-over, roll back before it, retry when steps have been undone, and pause while the
# server migrates its own data.
ACTIONS: dict[MigrationStatus, tuple[Action, ...]] = {
    S.DRAFT: (Action.CHECK, Action.CANCEL),
    S.READY: (Action.START, Action.CHECK, Action.CANCEL),
    S.RUNNING: (Action.PAUSE, Action.CANCEL, Action.ROLL_BACK),
    S.PAUSING: (Action.RESUME, Action.CANCEL, Action.ROLL_BACK),
    S.PAUSED: (Action.RESUME, Action.CANCEL, Action.ROLL_BACK),
    S.AWAITING_CUTOVER: (Action.CONFIRM, Action.CANCEL),
    S.FAILED: (Action.RETRY, Action.CANCEL, Action.ROLL_BACK),
    S.FINISHED: (Action.ROLL_BACK,),
    S.REHEARSED: (Action.MIGRATE,),
}


class About(models.TextChoices):
    """Which of our things a failure is about."""

    SERVER = "server", "server"
    DATABASE = "database", "database"


class Outcome(models.TextChoices):
    """What one check found. LATER: it cannot be seen yet, and `seen` says when it will be."""

    PASSED = "passed", "passed"
    WARNING = "warning", "warning"
    BLOCKER = "blocker", "blocker"
    LATER = "later", "later"


class TransferStatus(models.TextChoices):
    """Where a table's copy stands."""

    WAITING = "waiting", "waiting"
    COPYING = "copying", "copying"
    KEYING = "keying", "making keys"
    COPIED = "copied", "copied"
    FAILED = "failed", "failed"


class TableVerification(models.TextChoices):
    """What the last comparison of a table found."""

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
    UNIQUE_VIOLATION = "barred", "pool's row stayed, a value is taken"
    OPEN = "open", "not decided"


class MismatchKind(models.TextChoices):
    """What a comparison found wrong with a row in the pool's database."""

    MISSING = "missing", "missing in the pool"
    DIFFERS = "differs", "differs"
    EXTRA = "extra", "only in the pool"
    GONE = "gone", "the pool's own, gone"
    CORRECTED = "replayed", "not as it was corrected"


class VerificationKind(models.TextChoices):
    """What a worker is asked for after the copy."""

    VERIFY = "verify", "compare again"
    REPAIR = "repair", "write again, then compare"
    CORRECTION = "replay", "write a corrected row, then compare"


class VerificationStatus(models.TextChoices):
    """Where such a request stands."""

    QUEUED = "queued", "waiting for a worker"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class RetainedPurpose(models.TextChoices):
    """What a table is for that the console keeps in a pool's database."""

    SIDES = "sides", "both sides of conflicting rows"
    PROGRESS = "progress", "how far a migration's tables are"
    CHUNKS = "chunks", "chunks that were committed, with digests"
    REJECTS = "rejects", "rejected rows"
    KEYS = "keys", "keys that are made again after the load"
    STAGING = "staging", "rows on their way; the next migration clears them"
    UNKNOWN = "unknown", "not known to this console"


class EventKind(models.TextChoices):
    """What an event is about."""

    STATUS = "status", "status"
    STEP = "step", "step"
    LOG = "log", "log"


class Level(models.TextChoices):
    """How much a line of the log matters."""

    INFO = "info", "info"
    WARNING = "warning", "warning"
    ERROR = "error", "error"
