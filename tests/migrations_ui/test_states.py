"""The state machine as data: every state is reached, and no walk leaves the table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.states import (
    ACTIONS,
    ENDED,
    TO_DO,
    TO_UNDO,
    TRANSITIONS,
    UNDO_ORDER,
    WORKING,
    Action,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.steps.registry import STEPS


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached = {MigrationStatus.DRAFT}
    while further := {new for old in reached for new in TRANSITIONS[old]} - reached:
        reached |= further
    assert reached == set(MigrationStatus)


def test_only_ended_migrations_have_no_way_on_but_the_roll_back() -> None:
    for status in MigrationStatus:
        if status in ENDED:
            assert TRANSITIONS[status] <= {MigrationStatus.ROLLING_BACK}
        else:
            assert TRANSITIONS[status]


def test_from_every_state_a_migration_can_still_come_to_an_end() -> None:
    for status in MigrationStatus:
        reached = {status}
        while further := {new for old in reached for new in TRANSITIONS[old]} - reached:
            reached |= further
        assert reached & ENDED


def test_an_ended_migration_keeps_no_worker() -> None:
    assert not ENDED & WORKING


def test_every_action_is_offered_somewhere() -> None:
    assert {action for actions in ACTIONS.values() for action in actions} == set(Action)


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=60))
def test_a_walk_never_leaves_the_table(choices: list[int]) -> None:
    status = MigrationStatus.DRAFT
    for choice in choices:
        ways = sorted(TRANSITIONS[status])
        if not ways:
            assert status in ENDED
            break
        status = ways[choice % len(ways)]
        assert status in TRANSITIONS


def test_each_step_is_done_and_undone_exactly_once() -> None:
    assert list(STEPS) == list(StepName)
    assert sorted(UNDO_ORDER) == sorted(StepName)


def test_a_step_cut_off_is_both_done_again_and_undone() -> None:
    assert StepStatus.RUNNING in TO_DO & TO_UNDO
    assert StepStatus.UNDONE not in TO_DO | TO_UNDO
