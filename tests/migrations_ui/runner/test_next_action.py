"""What a run does next, with every interruption replayed: no database, no worker."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.runner.next_action import STOP, ActionKind, NextAction, next_action
from migrations_ui.states import (
    ENDED,
    STEP_ORDER,
    TO_UNDO,
    TRANSITIONS,
    UNDO_ORDER,
    WORKING,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)

S = MigrationStatus
RESTING = set(MigrationStatus) - WORKING


@dataclass
class Run:
    """The rows of a migration, and a worker that does as it is asked, or is killed at it."""

    kind: MigrationKind
    state: MigrationStatus = S.RUNNING
    has_failed: bool = False
    steps: dict[StepName, StepStatus] = field(default_factory=dict)
    did: list[tuple[ActionKind, StepName]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = self.steps or dict.fromkeys(STEP_ORDER[self.kind], StepStatus.WAITING)

    def next(self) -> NextAction:
        return next_action(
            self.state, self.kind, list(self.steps.items()), has_failed=self.has_failed
        )

    def do(self, *, killed: bool = False) -> NextAction:
        """One action; a worker that is `killed` has begun it, and leaves it at that."""
        action = self.next()
        if action.status is not None:
            if not killed:
                assert action.status in TRANSITIONS[self.state]
                self.state = action.status
            return action
        if action.step is None:
            return action
        if killed:
            # An undo that was begun leaves the step's row at RUNNING as well.
            self.steps[action.step] = StepStatus.RUNNING
            return action
        self.did.append((action.kind, action.step))
        undone = action.kind is ActionKind.UNDO
        self.steps[action.step] = StepStatus.UNDONE if undone else StepStatus.DONE
        return action

    def go_on(self) -> None:
        """Until nothing is left for a worker."""
        for _ in range(4 * len(self.steps)):
            if self.do() == STOP:
                return
        pytest.fail(f"The run does not end: {self}")


def at_the_end(kind: MigrationKind) -> MigrationStatus:
    return S.REHEARSED if kind is MigrationKind.REHEARSAL else S.FINISHED


def confirm(run: Run) -> None:
    if run.state is S.AWAITING_CUTOVER:
        run.steps[StepName.CUTOVER] = StepStatus.DONE
        run.state = S.RUNNING


@pytest.mark.parametrize("kind", MigrationKind)
def test_steps_are_done_in_their_order_and_the_gate_waits_for_a_person(
    kind: MigrationKind,
) -> None:
    run = Run(kind)
    run.go_on()
    if StepName.CUTOVER in run.steps:
        assert run.state is S.AWAITING_CUTOVER
        confirm(run)
        run.go_on()

    assert run.state is at_the_end(kind)
    assert run.did == [
        (ActionKind.RUN, name) for name in STEP_ORDER[kind] if name is not StepName.CUTOVER
    ]


@pytest.mark.parametrize("kind", MigrationKind)
def test_a_worker_killed_in_any_action_changes_nothing_of_what_comes(kind: MigrationKind) -> None:
    run = Run(kind)
    while run.state is not at_the_end(kind):
        begun = run.do(killed=True)
        assert run.next() == begun
        if run.do() == STOP:
            confirm(run)


@pytest.mark.parametrize("kind", MigrationKind)
@pytest.mark.parametrize("killed", [False, True])
def test_cancelled_anywhere_what_was_begun_is_undone_once_in_the_order_of_undoing(
    kind: MigrationKind, *, killed: bool
) -> None:
    for done in range(len(STEP_ORDER[kind])):
        run = Run(kind)
        for _ in range(done):
            if run.do() == STOP:
                confirm(run)
        if run.state is not S.RUNNING:
            continue
        run.do(killed=killed)
        if run.state is not S.RUNNING:
            continue
        begun = {name for name, status in run.steps.items() if status in TO_UNDO}
        run.state, run.did = S.CANCELLING, []
        run.do(killed=True)
        run.go_on()

        assert run.state is S.CANCELLED
        assert run.did == [(ActionKind.UNDO, name) for name in UNDO_ORDER if name in begun]


def test_a_rehearsal_that_failed_is_undone_and_says_so() -> None:
    run = Run(MigrationKind.REHEARSAL, S.CANCELLING, has_failed=True)
    run.go_on()
    assert run.state is S.REHEARSAL_FAILED


def test_a_migration_rolled_back_ends_rolled_back() -> None:
    run = Run(MigrationKind.MIGRATION, S.ROLLING_BACK)
    run.steps = dict.fromkeys(run.steps, StepStatus.DONE)
    run.go_on()
    assert run.state is S.ROLLED_BACK
    assert set(run.steps.values()) == {StepStatus.UNDONE}


@pytest.mark.parametrize("name", STEP_ORDER[MigrationKind.REHEARSAL])
def test_a_rehearsal_rests_only_when_its_server_runs_again(name: StepName) -> None:
    run = Run(MigrationKind.REHEARSAL)
    while run.next().step is not name:
        run.do()
    run.do(killed=True)
    run.state = S.PAUSING
    down = (StepName.STOP, StepName.BACKUP, StepName.RESTART)
    while run.next().status is not S.PAUSED:
        assert run.next().step in down
        run.do()
    assert (run.steps[StepName.STOP] is StepStatus.WAITING) or (
        run.steps[StepName.RESTART] is StepStatus.DONE
    )


@pytest.mark.parametrize("kind", [MigrationKind.MIGRATION, MigrationKind.VENDOR])
def test_a_migration_that_is_to_rest_rests_at_once(kind: MigrationKind) -> None:
    assert Run(kind, S.PAUSING).next().status is S.PAUSED


@pytest.mark.parametrize("state", sorted(RESTING | {S.CHECKING}))
def test_in_every_other_state_there_is_nothing_for_a_worker(state: MigrationStatus) -> None:
    assert Run(MigrationKind.MIGRATION, state).next() == STOP


@given(
    kind=st.sampled_from(MigrationKind),
    turns=st.lists(st.sampled_from(["do", "kill", "pause", "resume", "cancel"]), max_size=60),
)
def test_whatever_happens_the_run_comes_to_an_end_that_a_person_understands(
    kind: MigrationKind, turns: list[str]
) -> None:
    run = Run(kind)
    for turn in turns:
        if turn == "pause" and S.PAUSING in TRANSITIONS[run.state]:
            run.state = S.PAUSING
        elif turn == "resume" and run.state in {S.PAUSED, S.PAUSING}:
            run.state = S.RUNNING
        elif turn == "cancel" and S.CANCELLING in TRANSITIONS[run.state]:
            run.state = S.CANCELLING
        else:
            run.do(killed=turn == "kill")
        confirm(run)
    if run.state is S.PAUSED:
        run.state = S.RUNNING
    run.go_on()
    confirm(run)
    run.go_on()
    assert run.state in ENDED | {S.PAUSED}
