"""Which function does each step, and which takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migrations_ui.states import StepName
from migrations_ui.steps import (
    backup,
    compatibility,
    configure,
    confirm,
    copy,
    fetch,
    follow,
    preflight,
    restart,
    schema,
    scratch,
    start,
    stop,
    verify,
)
from migrations_ui.steps.context import StepContext

Work = Callable[[StepContext], str]


@dataclass(frozen=True, slots=True)
class StepFunctions:
    """Both return what they did, in a sentence. undo None: nothing to take back."""

    run: Work
    undo: Work | None = None


# The cut-over is no work: there the runner waits for a person.
STEPS: dict[StepName, StepFunctions] = {
    StepName.PREFLIGHT: StepFunctions(preflight.run),
    StepName.STOP: StepFunctions(stop.run, stop.undo),
    StepName.BACKUP: StepFunctions(backup.run, backup.undo),
    StepName.FETCH: StepFunctions(fetch.run, fetch.undo),
    StepName.SCHEMA: StepFunctions(schema.run),
    StepName.COMPATIBILITY: StepFunctions(compatibility.run),
    StepName.COPY: StepFunctions(copy.run, copy.undo),
    StepName.VERIFY: StepFunctions(verify.run),
    StepName.CUTOVER: StepFunctions(run=lambda context: ""),
    StepName.CONFIGURE: StepFunctions(configure.run, configure.undo),
    StepName.START: StepFunctions(start.run, start.undo),
    StepName.CONFIRM: StepFunctions(confirm.run, confirm.undo),
    StepName.RESTART: StepFunctions(restart.run),
    StepName.SCRATCH: StepFunctions(scratch.run, scratch.undo),
    StepName.CLEAN_UP: StepFunctions(scratch.clean_up),
    StepName.FOLLOW: StepFunctions(follow.run, follow.undo),
}
