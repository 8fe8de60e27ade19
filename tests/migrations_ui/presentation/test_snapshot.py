"""The snapshot: one reading for page, poll, socket and API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from migrations_ui.models import Migration, ProgressSample
from migrations_ui.models.event import Event, Line
from migrations_ui.presentation.snapshot import LOG_TAIL, take_snapshot
from migrations_ui.states import Outcome, StepName, TransferStatus
from tests.migrations_ui.factories import FindingFactory, MigrationFactory, TableTransferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def copying() -> Migration:
    return MigrationFactory(copying=True)


def test_rows_are_summed_over_the_tables(copying: Migration) -> None:
    TableTransferFactory(migration=copying, verified=True)
    TableTransferFactory(migration=copying, rows_copied=500, rows_rejected=10)
    progress = take_snapshot(copying.pk).progress
    assert (progress.rows_total, progress.rows_copied, progress.rows_rejected) == (2000, 1500, 10)
    assert progress.percent == 75


def test_a_hundred_per_cent_is_only_shown_when_every_table_is_done(copying: Migration) -> None:
    table = TableTransferFactory(migration=copying, rows_copied=1000)
    assert take_snapshot(copying.pk).progress.percent == 99
    table.status = TransferStatus.COPIED
    table.save()
    assert take_snapshot(copying.pk).progress.percent == 100


def test_rate_and_time_left_come_from_the_samples(copying: Migration) -> None:
    TableTransferFactory(migration=copying, rows_copied=400)
    now = timezone.now()
    for age in range(5):
        ProgressSample.objects.create(
            migration=copying, at=now - timedelta(seconds=age), rows=400 - 100 * age
        )
    progress = take_snapshot(copying.pk).progress
    assert progress.rows_per_second == 100
    assert progress.remaining == timedelta(seconds=6)
    assert progress.rates == (100, 100, 100, 100)


def test_nothing_is_forecast_outside_the_copy(copying: Migration) -> None:
    Migration.objects.filter(pk=copying.pk).update(current_step=StepName.VERIFY)
    TableTransferFactory(migration=copying, verified=True)
    progress = take_snapshot(copying.pk).progress
    assert (progress.rows_per_second, progress.remaining) == (None, None)


def test_a_page_gets_the_tail_of_a_long_log(copying: Migration) -> None:
    Event.objects.append(copying.pk, [Line(str(number)) for number in range(LOG_TAIL + 7)])
    snapshot = take_snapshot(copying.pk)
    assert snapshot.events_before == 7
    assert len(snapshot.events) == LOG_TAIL
    assert snapshot.sequence == LOG_TAIL + 7


def test_a_client_gets_what_it_lacks(copying: Migration) -> None:
    Event.objects.append(copying.pk, [Line(str(number)) for number in range(1, 6)])
    assert [event.text for event in take_snapshot(copying.pk, after=3).events] == ["4", "5"]
    nothing_new = take_snapshot(copying.pk, after=5)
    assert nothing_new.events == ()
    assert nothing_new.sequence == 5


def test_a_failure_shows_the_last_lines_of_its_step() -> None:
    broken = MigrationFactory(broken=True)
    Event.objects.append(broken.pk, [Line(f"line {n}", step="copy") for n in range(9)])
    Event.objects.append(broken.pk, [Line("of another step", step="verify")])
    texts = [event.text for event in take_snapshot(broken.pk).last_lines]
    assert texts == [f"line {n}" for n in range(4, 9)]


def test_findings_are_counted(copying: Migration) -> None:
    FindingFactory(migration=copying)
    FindingFactory(migration=copying, outcome=Outcome.WARNING)
    findings = take_snapshot(copying.pk).findings
    assert (findings.checks, findings.blockers, findings.warnings) == (2, 0, 1)


def test_it_takes_few_queries(
    copying: Migration, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    TableTransferFactory.create_batch(5, migration=copying)
    with django_assert_max_num_queries(8):
        take_snapshot(copying.pk)


def test_the_comparison_is_said_apart_as_earlier_runs_into_the_pool_measured_it(
    copying: Migration,
) -> None:
    TableTransferFactory(migration=copying, rows_total=6_000)
    assert take_snapshot(copying.pk).progress.then_verify is None
    earlier = MigrationFactory(rehearsed=True, pool=copying.pool)
    TableTransferFactory(migration=earlier, rows_total=1_000)
    began = timezone.now()
    earlier.steps.filter(name=StepName.VERIFY).update(
        attempts=1, started_at=began, finished_at=began + timedelta(seconds=10)
    )
    assert take_snapshot(copying.pk).progress.then_verify == timedelta(seconds=60)


def test_while_it_compares_the_tables_done_tell_how_long_the_others_take() -> None:
    comparing = MigrationFactory(started=True, current_step=StepName.VERIFY)
    began = timezone.now() - timedelta(seconds=30)
    comparing.steps.filter(name=StepName.VERIFY).update(started_at=began)
    TableTransferFactory(migration=comparing, rows_total=3_000)
    assert take_snapshot(comparing.pk).progress.remaining is None
    TableTransferFactory(
        migration=comparing, rows_total=1_000, verified=True, verified_at=timezone.now()
    )
    left = take_snapshot(comparing.pk).progress.remaining
    assert left is not None
    assert timedelta(seconds=88) <= left <= timedelta(seconds=91)


def test_a_pause_does_not_ruin_the_time_left(copying: Migration) -> None:
    TableTransferFactory(migration=copying, rows_total=1_000, rows_copied=600)
    now = timezone.now()
    for age, rows, resumes in (
        *((3605, 200, True), (3604, 300, False), (3603, 400, False)),
        *((2, 400, True), (1, 500, False), (0, 600, False)),
    ):
        ProgressSample.objects.create(
            migration=copying, at=now - timedelta(seconds=age), rows=rows, resumes=resumes
        )
    progress = take_snapshot(copying.pk).progress
    assert progress.rows_per_second == 100
    assert progress.remaining == timedelta(seconds=4)


def test_while_only_keys_are_made_no_rows_come_in(copying: Migration) -> None:
    now = timezone.now()
    for age, rows in ((14, 0), (12, 500), (10, 1_000)):
        ProgressSample.objects.create(
            migration=copying, at=now - timedelta(seconds=age), rows=rows, resumes=not rows
        )
    TableTransferFactory(
        migration=copying,
        rows_total=1_000,
        rows_copied=1_000,
        status=TransferStatus.KEYING,
        keys_since=now - timedelta(seconds=10),
        keys_part=0.25,
    )
    progress = take_snapshot(copying.pk).progress
    assert progress.rows_per_second is None
    assert progress.remaining == timedelta(seconds=30)
    assert progress.percent == 99
