"""A rehearsal's pages: that it is none of the real thing is always in sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import MigrationKind, StepName
from tests.migrations_ui.factories import (
    FindingFactory,
    MigrationFactory,
    TableTransferFactory,
)

BEGAN = timezone.now() - timedelta(hours=1)


@pytest.fixture
def rehearsed(db: None) -> Migration:
    """Each step took a minute; the server was down during three of them."""
    rehearsal = MigrationFactory(
        rehearsed=True, server_was_running=True, backup_bytes=60 * 1024 * 1024
    )
    TableTransferFactory(migration=rehearsal, rows_total=600_000, verified=True)
    for step in rehearsal.steps.all():
        step.started_at = BEGAN + timedelta(minutes=step.position)
        step.finished_at = step.started_at + timedelta(minutes=1)
        step.attempts = 1
        step.save()
    return rehearsal


def test_the_live_page_says_rehearsal_in_words_and_shape(administrator: Client) -> None:
    text = administrator.get(
        MigrationFactory(copying=True, kind=MigrationKind.REHEARSAL).get_absolute_url()
    ).text
    assert "Rehearsing the migration of" in text
    assert 'class="pill rehearsal">rehearsal' in text
    assert "Start again" in text
    assert "Cut-over" not in text
    assert "sync as usual" in text
    migration = administrator.get(MigrationFactory(copying=True).get_absolute_url()).text
    assert "pill rehearsal" not in migration


def test_the_report_foretells_each_step_and_shows_the_outage(
    administrator: Client, rehearsed: Migration
) -> None:
    text = administrator.get(f"/migrations/{rehearsed.pk}/report/").text
    assert "Rehearsal report" in text
    assert "for 3 min" in text
    assert "600,000 rows, 10,000 a second" in text
    assert "1.0\xa0MB a second" in text
    assert "Not rehearsed: travelerUtil db set" in text
    as_file = administrator.get(f"/migrations/{rehearsed.pk}/report.json").json()
    assert as_file["kind"] == "rehearsal"
    assert as_file["outage_seconds"] == 180
    assert as_file["forecast"]["seconds_to_gate"] == 8 * 60
    assert as_file["forecast"]["seconds_down"] == 7 * 60


def test_a_rehearsal_that_rested_is_not_forecast_longer(
    administrator: Client, rehearsed: Migration
) -> None:
    copy = rehearsed.steps.get(name=StepName.COPY)
    assert copy.started_at
    for second, resumes in ((0, True), (10, False), (40, True), (60, False)):
        rehearsed.samples.create(
            at=copy.started_at + timedelta(seconds=second), rows=second, resumes=resumes
        )
    lines = administrator.get(f"/migrations/{rehearsed.pk}/report.json").json()["forecast"]["lines"]
    assert {line["step"]: line["seconds"] for line in lines}["Copy"] == 30


def test_a_rehearsal_that_failed_foretells_nothing(administrator: Client) -> None:
    failed = MigrationFactory(
        copying=True, kind=MigrationKind.REHEARSAL, status="rehearsal_failed", failure="It broke."
    )
    text = administrator.get(f"/migrations/{failed.pk}/report/").text
    assert "It broke." in text
    assert "The real migration, as measured here" not in text


def test_the_real_migration_starts_from_the_rehearsal(
    administrator: Client, rehearsed: Migration
) -> None:
    assert "Start the real migration" in administrator.get(rehearsed.get_absolute_url()).text
    answer = administrator.post(f"/migrations/{rehearsed.pk}/migrate/")
    migration = Migration.objects.get(kind=MigrationKind.MIGRATION)
    assert answer["Location"] == migration.get_absolute_url()
    again = administrator.post(f"/migrations/{rehearsed.pk}/migrate/")
    assert again.status_code == 409
    assert "already has an unfinished migration" in again.text


def test_the_preflight_of_a_rehearsal_says_what_it_does_to_the_server(
    administrator: Client,
) -> None:
    rehearsal = MigrationFactory(rehearsal=True)
    FindingFactory(migration=rehearsal, check_id="outage", seen="It is stopped for about 4 min.")
    text = administrator.get(f"/migrations/{rehearsal.pk}/preflight/").text
    assert text.count("It is stopped for about 4 min.") == 2


def test_a_rehearsal_is_listed_among_the_moves_as_such(
    administrator: Client, rehearsed: Migration
) -> None:
    assert "pill rehearsal" in administrator.get("/migrations/").text
    assert "(rehearsal)" in administrator.get(f"/pools/{rehearsed.pool.slug}/migrations/").text


def test_cancelling_a_rehearsal_says_what_it_undoes_and_wants_no_name(
    administrator: Client,
) -> None:
    rehearsal = MigrationFactory(copying=True, kind=MigrationKind.REHEARSAL)
    text = administrator.get(f"/migrations/{rehearsal.pk}/cancel/").text
    assert "Cancel the rehearsal of" in text
    assert "scratch schema" in text
    assert "typed_name" not in text


def test_a_rehearsal_that_failed_says_why_and_how_to_go_on(administrator: Client) -> None:
    failed = MigrationFactory(
        copying=True, kind=MigrationKind.REHEARSAL, status="rehearsal_failed", failure="It broke."
    )
    text = administrator.get(failed.get_absolute_url()).text
    assert "It broke." in text
    assert "What to do:" in text
    assert f"/migrations/new/{failed.server.pk}/" in text


def test_a_rehearsal_has_nothing_left_to_compare(
    administrator: Client, rehearsed: Migration
) -> None:
    text = administrator.get(f"/migrations/{rehearsed.pk}/verification/").text
    assert "nothing is left to compare" in text
    assert "Compare again" not in text
