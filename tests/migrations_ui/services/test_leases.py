"""One runner for a migration, and another one when that is gone."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from django.db import InterfaceError
from django.utils import timezone

from migrations_ui.models import Migration, Verification
from migrations_ui.runner.lease import LeaseHeartbeat, PersistentControl
from migrations_ui.runner.queue import CHECK, RUN, VERIFY_AGAIN
from migrations_ui.runner.recovery import requeue
from migrations_ui.states import WORKING, MigrationStatus, VerificationStatus
from migrations_ui.transfer.control import Decision
from tests.migrations_ui.factories import MigrationFactory
from tests.waiting import wait_until

LEASE = timedelta(seconds=2)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def migration() -> Migration:
    return MigrationFactory(copying=True, lease_owner="", lease_until=None)


def take(migration: Migration, owner: str) -> bool:
    return Migration.objects.take_lease(migration.pk, owner=owner, duration=LEASE)


def test_the_lease_refuses_a_twin(migration: Migration) -> None:
    assert take(migration, "one")
    assert not take(migration, "two")
    assert not take(migration, "one"), "a redelivered task of the same worker is a twin as well"


def test_a_lapsed_lease_can_be_taken_and_the_old_owner_notices(migration: Migration) -> None:
    take(migration, "one")
    Migration.objects.filter(pk=migration.pk).update(lease_until=timezone.now() - LEASE)
    assert take(migration, "two")
    assert not Migration.objects.renew_lease(migration.pk, owner="one", duration=LEASE)


def test_a_dropped_lease_is_free(migration: Migration) -> None:
    take(migration, "one")
    Migration.objects.drop_lease(migration.pk, owner="one")
    assert take(migration, "two")


def test_the_watch_renews_the_lease_and_drops_it_at_the_end(migration: Migration) -> None:
    take(migration, "one")
    before = Migration.objects.get(pk=migration.pk).lease_until
    with LeaseHeartbeat(migration, owner="one", lease=LEASE) as heartbeat:
        wait_until(lambda: Migration.objects.get(pk=migration.pk).lease_until != before)
        assert heartbeat.decide() is Decision.GO
    migration.refresh_from_db()
    assert migration.lease_owner == ""


def test_the_watch_tells_of_a_pause_a_cap_and_a_cancellation(migration: Migration) -> None:
    take(migration, "one")
    row = Migration.objects.filter(pk=migration.pk)
    with LeaseHeartbeat(migration, owner="one", lease=LEASE) as heartbeat:
        row.update(rows_per_second=700)
        wait_until(lambda: heartbeat.rows_per_second() == 700)
        row.update(status=MigrationStatus.PAUSING)
        wait_until(lambda: heartbeat.decide() is Decision.PAUSE)
        row.update(status=MigrationStatus.CANCELLING)
        wait_until(lambda: heartbeat.decide() is Decision.STOP)


def test_a_watch_whose_lease_was_taken_stops_the_run(migration: Migration) -> None:
    take(migration, "one")
    with LeaseHeartbeat(migration, owner="one", lease=LEASE) as heartbeat:
        Migration.objects.filter(pk=migration.pk).update(lease_owner="two")
        wait_until(lambda: heartbeat.lost)
        assert heartbeat.decide() is Decision.STOP
    migration.refresh_from_db()
    assert migration.lease_owner == "two", "the new owner keeps its lease"


def test_a_run_stops_by_the_clock_while_its_watch_hangs(migration: Migration) -> None:
    take(migration, "one")
    hung, go_on = Event(), Event()

    def hang() -> None:
        hung.set()
        go_on.wait(30)

    short = timedelta(milliseconds=500)
    with LeaseHeartbeat(migration, owner="one", lease=short) as heartbeat, heartbeat.ticking(hang):
        assert hung.wait(10)
        wait_until(lambda: heartbeat.decide() is Decision.STOP)
        assert PersistentControl(heartbeat).decide() is Decision.STOP
        assert not heartbeat.lost, "the watch itself has not noticed yet"
        go_on.set()


def test_a_run_stops_when_its_watch_dies(migration: Migration) -> None:
    take(migration, "one")

    def break_down() -> None:
        raise RuntimeError("not foreseen")

    lease = timedelta(hours=1)
    with (
        LeaseHeartbeat(migration, owner="one", lease=lease) as heartbeat,
        heartbeat.ticking(break_down),
    ):
        wait_until(lambda: heartbeat.decide() is Decision.STOP)


def test_a_connection_that_was_closed_is_made_again(migration: Migration) -> None:
    take(migration, "one")
    raised = Event()

    def lose_connection_once() -> None:
        if not raised.is_set():
            raised.set()
            raise InterfaceError("connection already closed")

    lease = timedelta(hours=1)
    tick = lose_connection_once
    with LeaseHeartbeat(migration, owner="one", lease=lease) as heartbeat, heartbeat.ticking(tick):
        assert raised.wait(10)
        Migration.objects.filter(pk=migration.pk).update(rows_per_second=700)
        wait_until(lambda: heartbeat.rows_per_second() == 700)
        assert heartbeat.decide() is Decision.GO


@pytest.mark.parametrize("status", MigrationStatus)
def test_only_work_without_a_worker_is_queued_again(
    status: MigrationStatus, queued: list[tuple[str, int]]
) -> None:
    migration = MigrationFactory(lease_owner="", lease_until=None)
    Migration.objects.filter(pk=migration.pk).update(status=status)
    requeue()
    task = CHECK if status is MigrationStatus.CHECKING else RUN
    assert queued == ([(task, migration.pk)] if status in WORKING else [])


def test_an_abandoned_run_is_queued_once_while_its_task_waits(
    migration: Migration, queued: list[tuple[str, int]]
) -> None:
    for _ in range(5):
        requeue()
    assert queued == [(RUN, migration.pk)]
    assert take(migration, "any worker"), "the reservation is nobody's lease"


def test_one_run_that_cannot_be_queued_stops_no_other(
    migration: Migration, queued: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    second = MigrationFactory(copying=True, lease_owner="", lease_until=None)
    checked = MigrationFactory(at_gate=True, lease_owner="", lease_until=None)
    long_ago = timezone.now() - timedelta(minutes=5)
    asked = Verification.objects.create(migration=checked, asked_by=checked.actor)
    Verification.objects.update(asked_at=long_ago)

    def queue(migration_id: int) -> None:
        if migration_id == migration.pk:
            raise UnicodeError("label too long")
        queued.append((RUN, migration_id))

    monkeypatch.setattr("migrations_ui.runner.recovery.queue_run", queue)
    requeue()

    assert queued == [(RUN, second.pk), (VERIFY_AGAIN, asked.pk)]
    migration.refresh_from_db()
    assert migration.lease_until is None, "its reservation is undone, so the next beat tries again"


def test_a_run_at_work_is_left_alone(migration: Migration, queued: list[tuple[str, int]]) -> None:
    take(migration, "one")
    requeue()
    assert queued == []


@pytest.mark.parametrize("status", [VerificationStatus.QUEUED, VerificationStatus.RUNNING])
def test_a_comparison_that_nobody_carries_out_is_queued_again(
    status: VerificationStatus, queued: list[tuple[str, int]]
) -> None:
    migration = MigrationFactory(at_gate=True, lease_owner="", lease_until=None)
    asked = Verification.objects.create(
        migration=migration, asked_by=migration.actor, status=status
    )
    requeue()
    assert queued == [], "its task may be on the way"
    Verification.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    requeue()
    assert queued == [(VERIFY_AGAIN, asked.pk)]
    queued.clear()
    take(migration, "one")
    requeue()
    assert queued == []
