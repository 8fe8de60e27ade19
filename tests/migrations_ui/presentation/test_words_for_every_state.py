"""No state, step or action may be without its words: the tables are walked against the enums."""

from __future__ import annotations

import itertools

import pytest

from migrations_ui.models import Migration
from migrations_ui.presentation.actions import button
from migrations_ui.presentation.confirmations import question
from migrations_ui.presentation.guidance import STATUS_NEXT, STEP_NEXT, guidance, waits_for_worker
from migrations_ui.presentation.remedies import GOING_BACK, REMEDIES, remedy
from migrations_ui.presentation.shapes import (
    LEVEL_CLASSES,
    OUTCOME_SHAPES,
    STATUS_SHAPES,
    STEP_CLASSES,
    STEP_SHAPES,
    VERIFICATION_SHAPES,
)
from migrations_ui.states import (
    STEP_ORDER,
    Action,
    Level,
    MigrationKind,
    MigrationStatus,
    Outcome,
    StepName,
    StepStatus,
    TableVerification,
)
from pools.models import Pool, Server
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


def test_every_word_has_a_shape() -> None:
    assert set(STATUS_SHAPES) == set(MigrationStatus)
    assert set(OUTCOME_SHAPES) == set(Outcome)
    assert set(VERIFICATION_SHAPES) == set(TableVerification)
    assert set(LEVEL_CLASSES) == set(Level)
    assert set(STEP_CLASSES) == set(STEP_SHAPES) == set(StepStatus)


def test_every_state_says_what_happens_next() -> None:
    assert set(STATUS_NEXT) | {MigrationStatus.RUNNING} == set(MigrationStatus)
    assert set(STEP_NEXT) == set(REMEDIES) == set(StepName)


def test_the_outlook_names_no_placeholder() -> None:
    server, pool = Server(domino_name="CN=trav9/O=Acme"), Pool(name="Acme EU")
    for status, step in itertools.product(MigrationStatus, StepName):
        words = guidance(Migration(server=server, pool=pool, status=status, current_step=step))
        assert "{" not in words.next + words.devices + words.back


@pytest.mark.parametrize("kind", MigrationKind)
def test_every_kind_has_an_outlook_in_each_of_its_steps(kind: MigrationKind) -> None:
    server, pool = Server(domino_name="CN=trav9/O=Acme"), Pool(name="Acme EU")
    for status, step in itertools.product(MigrationStatus, STEP_ORDER[kind]):
        migration = Migration(server=server, pool=pool, kind=kind, status=status, current_step=step)
        words = guidance(migration)
        assert "{" not in words.next + words.devices + words.back


def test_before_the_cutover_the_way_back_is_cancel_and_after_it_roll_back() -> None:
    assert "Cancel leaves" in guidance(MigrationFactory(copying=True)).back
    assert "Roll back restores" in guidance(MigrationFactory(confirmed=True)).back


def test_a_run_whose_lease_has_lapsed_waits_for_a_worker() -> None:
    assert not waits_for_worker(MigrationFactory(copying=True))
    assert waits_for_worker(MigrationFactory(copying=True, lease_until=None))
    assert not waits_for_worker(MigrationFactory(at_gate=True, lease_until=None))


def test_a_failure_on_the_way_back_is_not_retried_but_asked_for_again() -> None:
    assert remedy(MigrationFactory(broken=True)) == REMEDIES[StepName.COPY]
    assert remedy(MigrationFactory(broken=True, is_going_back=True)) == GOING_BACK


@pytest.mark.parametrize("action", Action)
def test_every_action_has_an_address(action: Action) -> None:
    assert button(MigrationFactory(), action).url.startswith("/migrations/")


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.CANCEL, Action.ROLL_BACK])
def test_a_question_names_the_server_and_what_happens(action: Action) -> None:
    migration = MigrationFactory(at_gate=True)
    asked = question(migration, action)
    assert migration.server.short_name in asked.title
    assert asked.types_name
    assert all(point.text and "{" not in point.text for point in asked.points)


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.CANCEL, Action.ROLL_BACK])
def test_a_question_about_a_vendor_transfer_says_whose_rows_stay(action: Action) -> None:
    migration = MigrationFactory(at_gate=True, vendor=True)
    asked = question(migration, action)
    said = " ".join(point.text for point in asked.points)
    assert "{" not in asked.title + said
    assert "rows that this migration wrote" not in said, "the console writes none"
    if action is Action.CANCEL:
        assert "Nothing was written" in said
    else:
        assert "stay there" in said or "not removed" in said
        assert "backup" in said


def test_the_way_back_of_a_vendor_transfer_is_the_backup_only() -> None:
    assert "Cancel leaves" in guidance(MigrationFactory(at_gate=True, vendor=True)).back
    assert "Only the backup" in guidance(MigrationFactory(following=True)).back


def test_giving_up_before_the_start_needs_no_typing() -> None:
    assert not question(MigrationFactory(), Action.CANCEL).types_name
    assert button(MigrationFactory(), Action.CANCEL).label == "Discard this migration…"
