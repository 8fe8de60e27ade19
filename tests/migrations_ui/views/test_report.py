from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.models.event import Event, Line
from migrations_ui.states import EventKind, MigrationStatus, Outcome, StepName, StepStatus
from tests.factories import PoolFactory, ServerFactory
from tests.html import collapsed
from tests.migrations_ui.factories import (
    FindingFactory,
    MigrationFactory,
    RejectFactory,
    TableTransferFactory,
)

S = MigrationStatus


def migrated() -> Migration:
    migration = MigrationFactory(finished=True, lines=["a line"])
    TableTransferFactory(migration=migration, table="DEVICES", verified=True, rows_rejected=1)
    RejectFactory(migration=migration)
    FindingFactory(migration=migration, outcome=Outcome.WARNING, title="Started once")
    return migration


def test_the_report_tells_who_what_and_how_it_came_out(administrator: Client) -> None:
    migration = migrated()
    text = administrator.get(f"/migrations/{migration.pk}/report/").text
    for fact in (
        migration.server.domino_name,
        migration.pool.name,
        f"by {migration.confirmed_by}",
        migration.run_id,
        "DEVICES",
        "verified",
        "longer than 64 characters",
        "Started once",
    ):
        assert fact in text


def test_the_report_downloads_as_json_with_the_same_facts(administrator: Client) -> None:
    migration = migrated()
    response = administrator.get(f"/migrations/{migration.pk}/report.json")
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''migration-")
    report = response.json()
    assert report["confirmed_by"] == str(migration.confirmed_by)
    assert [table["verification"] for table in report["tables"]] == ["verified"]
    assert len(report["steps"]) == migration.steps.count()
    assert report["rejects"][0]["reason"] == "longer than 64 characters"


def test_no_report_holds_a_password(administrator: Client) -> None:
    migration = migrated()
    for address in ("report/", "report.json", "log.txt"):
        text = administrator.get(f"/migrations/{migration.pk}/{address}").text
        assert migration.pool.database.password not in text


def test_a_migration_under_way_has_a_report_too(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    assert "not confirmed" in administrator.get(f"/migrations/{migration.pk}/report/").text


def test_both_sides_are_linked_only_where_rows_met_with_other_values(
    administrator: Client,
) -> None:
    migration = migrated()
    address = f"/migrations/{migration.pk}/report/"
    assert "both sides of each" not in administrator.get(address).text
    migration.tables.update(rows_updated=2, rows_kept=1)
    text = collapsed(administrator.get(address).text)
    assert f'3 with other values, <a href="/migrations/{migration.pk}/conflicts/"' in text


def test_a_step_that_was_taken_back_has_no_duration_of_its_own(administrator: Client) -> None:
    # Names that end in a 2, which “has” follows, would look like a duration.
    server, pool = ServerFactory(domino_name="CN=trav/O=Acme"), PoolFactory(name="Acme EU")
    rolled_back = {"finished": True, "status": MigrationStatus.ROLLED_BACK}
    migration = MigrationFactory(server=server, pool=pool, **rolled_back)
    now = timezone.now()
    migration.steps.update(status=StepStatus.UNDONE, started_at=now - timedelta(hours=2))
    migration.steps.update(finished_at=now)
    for page in ("report/", ""):
        assert "2 h" not in administrator.get(f"/migrations/{migration.pk}/{page}").text
    assert "was taken back" in administrator.get(f"/migrations/{migration.pk}/report/").text


def test_a_table_verified_before_the_cut_over_stays_proved_and_says_so(
    administrator: Client,
) -> None:
    migration = migrated()
    compared_at = migration.started_at
    migration.tables.update(verified_at=compared_at)
    text = collapsed(administrator.get(f"/migrations/{migration.pk}/report/").text)
    assert '<span class="state good">verified before cut-over</span>' in text
    assert "stale, verified" not in text
    page = administrator.get(f"/migrations/{migration.pk}/").text
    assert "verified before cut-over" in collapsed(page)
    assert f"Since the cut-over {migration.pool} goes on with these rows" in text
    report = administrator.get(f"/migrations/{migration.pk}/report.json").json()
    (table,) = report["tables"]
    assert table["verification"] == "verified"
    assert table["verified_before_cutover"] is True
    assert table["stale_since"] is None
    assert moment(report["compared"]["at"]) == moment(compared_at)


def test_the_report_says_how_long_the_server_was_down_and_a_person_was_waited_for(
    administrator: Client,
) -> None:
    migration = MigrationFactory(finished=True, server_was_running=True)
    begun = migration.started_at
    assert begun is not None
    hour = timedelta(hours=1)
    migration.steps.filter(name=StepName.STOP).update(started_at=begun)
    migration.steps.filter(name=StepName.START).update(finished_at=begun + 3 * hour)
    moments = ((S.RUNNING, 0), (S.AWAITING_CUTOVER, 1), (S.RUNNING, 2.5), (S.FINISHED, 3))
    Event.objects.append(
        migration.pk,
        [
            Line("changed", kind=EventKind.STATUS, at=begun + hours * hour, status=status)
            for status, hours in moments
        ],
    )
    report = administrator.get(f"/migrations/{migration.pk}/report.json").json()
    assert report["outage_seconds"] == 3 * 3600
    assert report["waited_seconds"] == 1.5 * 3600
    text = collapsed(administrator.get(f"/migrations/{migration.pk}/report/").text)
    assert "3 h, from its stop until it served again" in text
    assert "1 h 30 min: paused, failed or waiting for approval" in text


def test_a_run_of_before_its_statuses_were_kept_claims_no_waiting_time(
    administrator: Client,
) -> None:
    migration = MigrationFactory(finished=True)
    Event.objects.append(migration.pk, [Line("changed", kind=EventKind.STATUS)])
    assert (
        administrator.get(f"/migrations/{migration.pk}/report.json").json()["waited_seconds"]
        is None
    )


def moment(value: datetime | str | None) -> datetime | None:
    """As a file writes it: to the millisecond."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read and read.replace(microsecond=read.microsecond // 1000 * 1000)


def test_report_and_conflicts_read_the_steps_once(administrator: Client) -> None:
    migration = MigrationFactory(finished=True)
    for page in ("report", "conflicts"):
        with CaptureQueriesContext(connection) as captured:
            administrator.get(f"/migrations/{migration.pk}/{page}/")
        reads = 'SELECT "migrations_ui_step"'
        steps = [each for each in captured if each["sql"].startswith(reads)]
        assert len(steps) == 1


def test_a_finished_migration_begins_with_its_certificate(administrator: Client) -> None:
    migration = migrated()
    text = collapsed(administrator.get(f"/migrations/{migration.pk}/report/").text)
    assert ">Certificate</h2>" in text
    assert f"rows of {migration.server.short_name} in," in text


def test_what_has_not_finished_has_no_certificate(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    text = administrator.get(f"/migrations/{migration.pk}/report/").text
    assert "Certificate" not in text
    assert "In short" in text


def test_the_outage_is_held_against_what_was_expected(administrator: Client) -> None:
    migration = MigrationFactory(finished=True, server_was_running=True)
    begun = timezone.now() - timedelta(minutes=9)
    migration.steps.update(
        started_at=begun,
        finished_at=begun + timedelta(minutes=4),
        expected_seconds=30,
    )
    text = collapsed(administrator.get(f"/migrations/{migration.pk}/report/").text)
    assert "for 4 min, from its stop until it served again; 4 min 30 s expected" in text
