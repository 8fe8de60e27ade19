"""The pages of a migration in which the server brings its own data: whose lines, and no bars of
rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import MigrationKind, StepName, StepStatus
from tests.factories import PoolFactory, ServerFactory
from tests.html import collapsed
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.usefixtures("queued")


@pytest.fixture
def following(db: None) -> Migration:
    migration = MigrationFactory(following=True, lines=["Data transfer: 1200 of 5271 rows."])
    begin(migration, done=1200, total=5271)
    return migration


def begin(migration: Migration, **work: object) -> None:
    migration.steps.filter(name=StepName.FOLLOW).update(
        status=StepStatus.RUNNING, started_at=timezone.now() - timedelta(minutes=3), **work
    )


def test_the_live_page_says_whose_lines_it_shows(
    administrator: Client, following: Migration
) -> None:
    text = administrator.get(following.get_absolute_url()).text
    assert "vendor transfer" in text
    assert "not findings of Lifeguard" in text
    assert f"/profiles/{following.server.profile_id}/" in text
    assert "1,200 of 5,271" in text
    assert "3 min ago" in text
    assert "4 s ago" in text
    assert 'id="migration-tables"' not in text
    assert "Pace of the copy" not in text
    polled = administrator.get(f"/migrations/{following.pk}/live/").text
    assert "not findings of Lifeguard" in polled
    assert 'id="migration-tables"' not in polled


def test_a_server_that_gives_no_figures_gets_none(administrator: Client) -> None:
    migration = MigrationFactory(following=True, last_progress_line="")
    begin(migration)
    text = administrator.get(migration.get_absolute_url()).text
    assert "does not say how far it is" in text
    assert " %" not in text.partition('id="migration-progress"')[2].partition("</section>")[0]


def test_silence_is_a_warning_in_words(administrator: Client) -> None:
    migration = MigrationFactory(
        following=True, last_line_at=timezone.now() - timedelta(minutes=11)
    )
    begin(migration)
    assert (
        "Nothing new for 10 min or longer" in administrator.get(migration.get_absolute_url()).text
    )


def test_nobody_is_offered_to_pause_the_servers_own_transfer(
    administrator: Client, following: Migration
) -> None:
    assert administrator.post(f"/migrations/{following.pk}/pause/").status_code == 409
    assert "Pause" not in administrator.get(following.get_absolute_url()).text
    paced = administrator.post(f"/migrations/{following.pk}/pace/", {"rows_per_second": "100"})
    assert paced.status_code == 409


def test_the_gate_says_that_nothing_is_moved_yet(administrator: Client) -> None:
    migration = MigrationFactory(at_gate=True, vendor=True)
    assert "Nothing has been migrated yet" in administrator.get(migration.get_absolute_url()).text
    asked = administrator.get(f"/migrations/{migration.pk}/confirm/").text
    assert "point of no return" in asked
    assert "does not count or compare the rows" in asked


def test_the_roll_back_says_that_the_servers_rows_stay(
    administrator: Client, following: Migration
) -> None:
    asked = administrator.get(f"/migrations/{following.pk}/rollback/").text
    assert "are not removed" in asked


def test_the_report_counts_no_rows(administrator: Client, following: Migration) -> None:
    text = administrator.get(f"/migrations/{following.pk}/report/").text
    assert "neither counted nor compared" in text
    assert "rows copied" not in text
    as_file = administrator.get(f"/migrations/{following.pk}/report.json").json()
    assert as_file["kind"] == "vendor transfer"
    assert as_file["last_progress_line"] == "Data transfer: 1200 of 5271 rows."


def test_the_wizard_drafts_a_vendor_transfer(administrator: Client) -> None:
    server, pool = ServerFactory(), PoolFactory()
    address = f"/migrations/new/{server.pk}/"
    assert "compares no rows" in collapsed(administrator.get(address).text)
    administrator.post(address, {"pool": pool.pk, "kind": "vendor", "drain_seconds": "0"})
    drafted = Migration.objects.get()
    assert drafted.kind == MigrationKind.VENDOR
    assert [step.name for step in drafted.steps.all()] == [
        *("preflight", "stop", "backup", "cutover", "configure", "start", "follow", "confirm")
    ]
