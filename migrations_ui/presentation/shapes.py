"""State is shape, word and colour: which of the five shapes a status has (ui.md, principle 2)."""

from __future__ import annotations

from migrations_ui.states import (
    ConflictVerdict,
    Level,
    MigrationStatus,
    Outcome,
    StepStatus,
    TableVerification,
    VerificationStatus,
)

S = MigrationStatus

# good ● · warn ▲ · bad ■ · away ◆ · unknown ◌
STATUS_SHAPES: dict[str, str] = {
    S.DRAFT: "unknown",
    S.CHECKING: "away",
    S.READY: "good",
    S.RUNNING: "good",
    S.PAUSING: "warn",
    S.PAUSED: "warn",
    S.AWAITING_CUTOVER: "warn",
    S.CANCELLING: "away",
    S.CANCELLED: "unknown",
    S.FAILED: "bad",
    S.FINISHED: "good",
    S.ROLLING_BACK: "away",
    S.ROLLED_BACK: "unknown",
    S.REHEARSED: "good",
    S.REHEARSAL_FAILED: "bad",
}

OUTCOME_SHAPES: dict[str, str] = {
    Outcome.PASSED: "good",
    Outcome.WARNING: "warn",
    Outcome.BLOCKER: "bad",
    Outcome.LATER: "unknown",
}

VERIFICATION_SHAPES: dict[str, str] = {
    TableVerification.NOT_VERIFIED: "unknown",
    TableVerification.EQUAL: "good",
    TableVerification.DIFFERENT: "bad",
}

CONFLICT_SHAPES: dict[str, str] = {
    ConflictVerdict.REPLACED: "warn",
    ConflictVerdict.KEPT: "good",
    ConflictVerdict.UNIQUE_VIOLATION: "warn",
    ConflictVerdict.OPEN: "bad",
}

VERIFICATION_STATUS_SHAPES: dict[str, str] = {
    VerificationStatus.QUEUED: "unknown",
    VerificationStatus.RUNNING: "good",
    VerificationStatus.DONE: "good",
    VerificationStatus.FAILED: "bad",
}

STEP_SHAPES: dict[str, str] = {
    StepStatus.WAITING: "unknown",
    StepStatus.RUNNING: "good",
    StepStatus.DONE: "good",
    StepStatus.FAILED: "bad",
    StepStatus.UNDONE: "unknown",
}

LEVEL_CLASSES: dict[str, str] = {Level.INFO: "", Level.WARNING: "warn", Level.ERROR: "bad"}

STEP_CLASSES: dict[str, str] = {
    StepStatus.WAITING: "",
    StepStatus.RUNNING: "now",
    StepStatus.DONE: "done",
    StepStatus.FAILED: "failed",
    StepStatus.UNDONE: "undone",
}
