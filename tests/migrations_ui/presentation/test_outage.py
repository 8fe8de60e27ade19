"""The outage of a server, as the rows of its migration tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.models.event import Event, Line
from migrations_ui.presentation.outage import outage_clock, waited_for_person
from migrations_ui.states import EventKind, MigrationStatus, StepName, StepStatus
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now
AFTER_STOP = (StepName.BACKUP, StepName.FETCH, StepName.SCHEMA, StepName.COMPATIBILITY)


def took(migration: Migration, name: StepName, *, began: float, ended: float | None) -> None:
    """In seconds before now."""
    migration.steps.filter(name=name).update(
        started_at=NOW() - timedelta(seconds=began),
        finished_at=None if ended is None else NOW() - timedelta(seconds=ended),
    )


def about(duration: timedelta | None) -> int | None:
    """In whole ten seconds, so that the time of the test itself does not count."""
    return None if duration is None else round(duration.total_seconds(), -1).__int__()


@pytest.fixture
def copying() -> Migration:
    migration = MigrationFactory(copying=True, server_was_running=True)
    for name in (StepName.STOP, *AFTER_STOP):
        took(migration, name, began=80, ended=80)
    took(migration, StepName.STOP, began=100, ended=80)
    migration.steps.filter(name=StepName.COPY).update(
        status=StepStatus.RUNNING, started_at=NOW() - timedelta(seconds=60)
    )
    migration.steps.update(expected_seconds=30)
    return migration


def test_it_lasts_from_the_stop_on_and_counts_what_is_ahead(copying: Migration) -> None:
    clock = outage_clock(copying)
    assert clock is not None
    assert about(clock.down) == 100
    # The copy is late already; verify before the gate, configure and start after it.
    assert about(clock.until_person) == 30
    assert about(clock.after_person) == 60


def test_a_server_that_was_down_before_has_no_outage(copying: Migration) -> None:
    Migration.objects.update(server_was_running=False)
    copying.refresh_from_db()
    assert outage_clock(copying) is None


def test_a_cancelled_migration_ends_the_outage_where_the_server_was_started(
    copying: Migration,
) -> None:
    Migration.objects.update(is_going_back=True, status=MigrationStatus.CANCELLED)
    copying.steps.filter(name=StepName.STOP).update(
        status=StepStatus.UNDONE, finished_at=NOW() - timedelta(seconds=20)
    )
    copying.refresh_from_db()
    clock = outage_clock(copying)
    assert clock is not None
    assert clock.ended_at is not None
    assert about(clock.down) == 80


def test_a_rollback_is_another_outage(copying: Migration) -> None:
    Migration.objects.update(
        is_going_back=True, status=MigrationStatus.ROLLING_BACK, confirmed_at=NOW()
    )
    copying.refresh_from_db()
    assert outage_clock(copying) is None


def test_a_rehearsal_serves_again_before_its_copy() -> None:
    migration = MigrationFactory(rehearsed=True, server_was_running=True)
    took(migration, StepName.STOP, began=500, ended=480)
    took(migration, StepName.RESTART, began=470, ended=400)
    clock = outage_clock(migration)
    assert clock is not None
    assert about(clock.down) == 100


def test_a_wait_that_has_not_ended_counts_too() -> None:
    migration = MigrationFactory(at_gate=True)
    for status in (MigrationStatus.RUNNING, MigrationStatus.AWAITING_CUTOVER):
        Event.objects.append(migration.pk, [Line("", kind=EventKind.STATUS, status=status)])
    migration.events.filter(status=MigrationStatus.AWAITING_CUTOVER).update(
        at=NOW() - timedelta(seconds=90)
    )
    assert about(waited_for_person(migration)) == 90
