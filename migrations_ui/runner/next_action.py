"""What a run does next, from the migration's state and its steps alone: no database, no clock.

Resuming is the same question as starting: what is left is read from the steps, and one that was cut
off (RUNNING) is due again, from its beginning.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from migrations_ui.states import (
    TO_DO,
    TO_UNDO,
    UNDO_ORDER,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)

S = MigrationStatus
Steps = Sequence[tuple[StepName, StepStatus]]


class ActionKind(enum.Enum):
    """What a run may do next."""

    RUN = "run a step"
    UNDO = "undo a step"
    CHANGE_STATUS = "change the status"
    STOP = "stop: nothing is left for a worker"


@dataclass(frozen=True, slots=True)
class NextAction:
    """`step` with RUN and UNDO, `status` with CHANGE_STATUS."""

    kind: ActionKind
    step: StepName | None = None
    status: MigrationStatus | None = None


STOP = NextAction(ActionKind.STOP)


def next_action(
    state: MigrationStatus, kind: MigrationKind, steps: Steps, *, has_failed: bool = False
) -> NextAction:
    """`steps` in their order. `has_failed`: the failure of a step stands, so a rehearsal that is
    undone did not end by a cancellation."""
    match state:
        case S.RUNNING:
            return _forward(kind, steps)
        case S.PAUSING if _keeps_server_down(kind, steps):
            return _forward(kind, steps)
        case S.PAUSING:
            return _change_to(S.PAUSED)
        case S.CANCELLING | S.ROLLING_BACK:
            return _backward(state, kind, steps, has_failed=has_failed)
        case _:
            return STOP


def _forward(kind: MigrationKind, steps: Steps) -> NextAction:
    due = next((name for name, status in steps if status in TO_DO), None)
    if due is None:
        return _change_to(S.REHEARSED if kind is MigrationKind.REHEARSAL else S.FINISHED)
    if due is StepName.CUTOVER:
        return _change_to(S.AWAITING_CUTOVER)
    return NextAction(ActionKind.RUN, step=due)


def _backward(
    state: MigrationStatus, kind: MigrationKind, steps: Steps, *, has_failed: bool
) -> NextAction:
    begun = {name for name, status in steps if status in TO_UNDO}
    due = next((name for name in UNDO_ORDER if name in begun), None)
    if due is not None:
        return NextAction(ActionKind.UNDO, step=due)
    if state is S.ROLLING_BACK:
        return _change_to(S.ROLLED_BACK)
    failed = kind is MigrationKind.REHEARSAL and has_failed
    return _change_to(S.REHEARSAL_FAILED if failed else S.CANCELLED)


def _keeps_server_down(kind: MigrationKind, steps: Steps) -> bool:
    """A rehearsal rests only when its server runs again."""
    if kind is not MigrationKind.REHEARSAL:
        return False
    status_of = dict(steps)
    begun = status_of[StepName.STOP] is not StepStatus.WAITING
    return begun and status_of[StepName.RESTART] is not StepStatus.DONE


def _change_to(status: MigrationStatus) -> NextAction:
    return NextAction(ActionKind.CHANGE_STATUS, status=status)
