"""What each step is expected to take, by the rehearsal of the server or by the runs of others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.services.step_durations import expect_step_durations
from migrations_ui.states import StepName
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


def took(migration: Migration, **seconds: float) -> None:
    """Each named step, from some moment on."""
    began = timezone.now() - timedelta(hours=1)
    for name, taken in seconds.items():
        migration.steps.filter(name=name).update(
            attempts=1, started_at=began, finished_at=began + timedelta(seconds=taken)
        )


def expected(migration: Migration) -> dict[str, float | None]:
    expect_step_durations(migration)
    return dict(migration.steps.values_list("name", "expected_seconds"))


def test_without_any_run_nothing_is_expected() -> None:
    assert set(expected(MigrationFactory(source_bytes=1000)).values()) == {None}


def test_what_grows_with_the_data_is_scaled_and_what_does_not_is_not() -> None:
    took(MigrationFactory(finished=True, source_bytes=1000), stop=15, copy=40, start=20)
    steps = expected(MigrationFactory(source_bytes=2000))
    assert (steps["stop"], steps["copy"], steps["start"]) == (15, 80, 20)
    assert steps["verify"] is None


def test_one_slow_run_of_several_is_no_measure() -> None:
    for seconds in (10, 11, 500):
        took(MigrationFactory(finished=True), start=seconds)
    assert expected(MigrationFactory())["start"] == 11


def test_a_server_of_unknown_size_has_no_forecast_for_what_grows() -> None:
    took(MigrationFactory(finished=True, source_bytes=1000), stop=15, copy=40)
    steps = expected(MigrationFactory(source_bytes=None))
    assert (steps["stop"], steps["copy"]) == (15, None)


def test_the_rehearsal_of_the_server_counts_more_than_the_runs_of_others() -> None:
    took(MigrationFactory(finished=True, source_bytes=1000), stop=15, backup=40, start=20)
    rehearsal = MigrationFactory(rehearsed=True, source_bytes=1000)
    took(rehearsal, stop=18, backup=100)
    steps = expected(MigrationFactory(server=rehearsal.server, source_bytes=1000))
    assert (steps["stop"], steps["backup"], steps["start"]) == (18, 100, 20)


def test_a_step_that_was_begun_twice_is_no_measure_for_others() -> None:
    other = MigrationFactory(finished=True)
    took(other, start=900)
    other.steps.update(attempts=2)
    assert expected(MigrationFactory())["start"] is None


def test_the_gate_takes_as_long_as_a_person_does() -> None:
    took(MigrationFactory(finished=True), cutover=60)
    assert expected(MigrationFactory())[StepName.CUTOVER] is None
