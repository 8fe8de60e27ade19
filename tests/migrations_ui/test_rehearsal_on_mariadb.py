"""One whole rehearsal whose pool stands on MariaDB: refused without the right, before anything is
stopped; then measured to the end, and nothing of it is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.accounts.models import User
from console.supervision.embedded.mariadb import EmbeddedMariaDB
from migrations_ui.models import Migration, PoolLock
from migrations_ui.presentation.report import make_report
from migrations_ui.runner.preflight import run_checks
from migrations_ui.services.migrations import check_migration, create_migration
from migrations_ui.states import MigrationKind, MigrationStatus, StepName
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.scratch import list_scratches
from pools.lab.enrolment import enroll_lab
from pools.models import Pool, Server
from tests.lab_fixture import RunningLab, running_lab
from tests.migrations_ui.test_rehearsals import runs, watch_copy
from tests.migrations_ui.whole_migrations import TRANSFERRED, check_and_start, run

pytestmark = pytest.mark.usefixtures("queued")
S = MigrationStatus


@pytest.fixture
def lab(tmp_path: Path, mariadb: EmbeddedMariaDB, administrator: User) -> Iterator[RunningLab]:
    with running_lab(tmp_path, mariadb, hosts=["trav1", "trav4"]) as running:
        enroll_lab(running.directory)
        yield running


def counts(login: DatabaseLogin) -> dict[str, int]:
    """The rows of the tables that a migration brings."""
    with open_connection(login) as connection, connection.cursor() as cursor:
        found = {}
        for model in TRANSFERRED:
            cursor.execute(f"SELECT COUNT(*) FROM {model._meta.db_table}")  # noqa: S608
            (found[model._meta.db_table],) = cursor.fetchone()
        return found


def test_a_rehearsal_on_mariadb_is_refused_in_time_measured_and_leaves_no_trace(
    lab: RunningLab,
    mariadb: EmbeddedMariaDB,
    work_directory: Path,
    administrator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    login = lab.directory.databases["pool"]
    rehearsal = create_migration(
        Server.objects.get(domino_name="CN=trav4/O=Acme"),
        Pool.objects.get(),
        actor=administrator,
        kind=MigrationKind.REHEARSAL,
        drain_seconds=0,
    )
    check_migration(rehearsal, actor=administrator)
    run_checks(rehearsal.pk)
    rehearsal.refresh_from_db()
    assert rehearsal.status == S.DRAFT
    finding = rehearsal.findings.blockers().get(check_id="scratch")
    assert runs(lab)

    reported = re.search(r"GRANT .+`%`", finding.remedy)
    assert reported is not None
    with mariadb.connect() as cursor:
        cursor.execute(reported[0])
    pool_before = counts(login)
    seen: list[tuple[bool, list[str]]] = []
    watch_copy(monkeypatch, lambda _: seen.append((runs(lab), list_scratches(login))))
    check_and_start(rehearsal)
    run(rehearsal)

    assert rehearsal.status == S.REHEARSED, rehearsal.failure
    assert seen == [(True, [rehearsal.scratch_name])], "the server runs again before the copy"
    assert runs(lab)
    assert list_scratches(login) == []
    assert counts(login) == pool_before
    assert not PoolLock.objects.exists()
    assert not (work_directory / "runs" / rehearsal.run_id).exists()

    report = make_report(rehearsal)
    assert report.copied == report.rows > 0
    assert {table.verification for table in report.tables} == {"verified"}
    assert report.forecast is not None
    measured = {line.step: line.seconds for line in report.forecast.lines}
    assert measured["Copy"]
    assert measured["Verify"]
    assert rehearsal.outage_limit is not None
    assert report.outage_seconds is not None
    assert 0 < report.outage_seconds < rehearsal.outage_limit
    assert Migration.objects.get(pk=rehearsal.pk).steps.get(name=StepName.CLEAN_UP).attempts == 1
