"""Whole rehearsals against a lab: what they leave behind is a report and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from console.accounts.models import User
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.models import Migration, PoolLock
from migrations_ui.presentation.report import make_report
from migrations_ui.runner.preflight import run_checks
from migrations_ui.services.migrations import (
    cancel_migration,
    check_migration,
    create_migration,
    draft_migration_of_rehearsal,
)
from migrations_ui.states import MigrationKind, MigrationStatus, StepName
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.registry import STEPS, StepFunctions
from pools.databases.connection import DatabaseLogin
from pools.models import Pool, Server
from tests.lab_fixture import RunningLab
from tests.migrations_ui.whole_migrations import (
    check_and_start,
    cut_over,
    file_digests,
    rows_in_derby,
    rows_in_pool,
    run,
    run_to_the_gate,
    scratch_schemas,
)

pytestmark = pytest.mark.usefixtures("queued")
S = MigrationStatus


@pytest.fixture
def rehearsal(lab: RunningLab, work_directory: Path, administrator: User) -> Migration:
    return create_migration(
        Server.objects.get(domino_name="CN=trav4/O=Acme"),
        Pool.objects.get(),
        actor=administrator,
        kind=MigrationKind.REHEARSAL,
        drain_seconds=0,
    )


def runs(lab: RunningLab) -> bool:
    status, _ = lab.run("trav4", "domino status")
    # The start script's answer: 3 means running (domain.md 10).
    return status == 3 and "GREEN" in lab.console("trav4", "tell traveler status").upper()


def nothing_is_left(rehearsal: Migration, login: DatabaseLogin) -> bool:
    work = settings.LIFEGUARD_WORK_DIR
    return (
        scratch_schemas(login) == []
        and not (work / "runs" / rehearsal.run_id).exists()
        and not list((work / "backups").rglob(f"{rehearsal.run_id}*"))
        and not PoolLock.objects.exists()
    )


def watch_copy(monkeypatch: pytest.MonkeyPatch, then: object) -> None:
    """Call `then(context)` in place of the copy's beginning; what it raises ends the step."""
    copy = STEPS[StepName.COPY]

    def watched(context: StepContext) -> str:
        then(context)  # type: ignore[operator]
        return copy.run(context)

    monkeypatch.setitem(STEPS, StepName.COPY, StepFunctions(watched, copy.undo))


def test_a_rehearsal_measures_the_migration_and_leaves_no_trace(
    lab: RunningLab, rehearsal: Migration, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    login = lab.directory.databases["pool"]
    pool_before = rows_in_pool(login)
    seen: list[tuple[bool, list[str]]] = []
    watch_copy(monkeypatch, lambda _: seen.append((runs(lab), scratch_schemas(login))))
    check_and_start(rehearsal)
    run(rehearsal)

    assert rehearsal.status == S.REHEARSED, rehearsal.failure
    assert seen == [(True, [rehearsal.scratch_name])], "the server runs again before the copy"
    assert runs(lab)
    assert rows_in_pool(login) == pool_before
    assert nothing_is_left(rehearsal, login)
    rehearsal.server.refresh_from_db()
    assert rehearsal.server.pool is None

    report = make_report(rehearsal)
    assert report.copied == report.rows > 0
    assert report.outage_seconds
    assert report.forecast
    measured = {line.step: line.seconds for line in report.forecast.lines}
    assert measured["Copy"]
    assert measured["Verify"]
    assert measured["Cut-over"] is None
    assert {table.verification for table in report.tables} == {"verified"}


def test_a_rehearsed_migration_is_then_made(
    lab: RunningLab, rehearsal: Migration, tmp_path: Path
) -> None:
    check_and_start(rehearsal)
    run(rehearsal)
    migration = draft_migration_of_rehearsal(rehearsal, actor=rehearsal.actor)
    assert migration.kind == MigrationKind.MIGRATION
    assert migration.drain_seconds == rehearsal.drain_seconds
    Migration.objects.filter(pk=migration.pk).update(status=S.DRAFT)
    migration.refresh_from_db()
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    run_to_the_gate(migration)
    data = lab.directory.data(lab.host("trav4"))
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows == before[table] | original[table], table
    cut_over(migration)


@pytest.mark.parametrize("broken", [StepName.BACKUP, StepName.COPY, StepName.VERIFY])
def test_a_rehearsal_that_fails_starts_the_server_and_drops_its_schema(
    lab: RunningLab, rehearsal: Migration, monkeypatch: pytest.MonkeyPatch, broken: StepName
) -> None:
    login = lab.directory.databases["pool"]
    pool_before = rows_in_pool(login)

    def fail(context: StepContext) -> str:
        raise StepFailed("It broke.", remedy="Mend it.")

    monkeypatch.setitem(STEPS, broken, StepFunctions(fail, STEPS[broken].undo))
    check_and_start(rehearsal)
    run(rehearsal)
    assert rehearsal.status == S.REHEARSAL_FAILED
    assert "It broke." in rehearsal.failure
    assert runs(lab)
    assert nothing_is_left(rehearsal, login)
    assert rows_in_pool(login) == pool_before


def test_a_rehearsal_cancelled_in_its_copy_ends_clean(
    lab: RunningLab, rehearsal: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = lab.directory.databases["pool"]
    watch_copy(
        monkeypatch,
        lambda context: cancel_migration(
            Migration.objects.get(pk=rehearsal.pk), actor=rehearsal.actor
        ),
    )
    check_and_start(rehearsal)
    run(rehearsal)
    assert rehearsal.status == S.CANCELLED, rehearsal.failure
    assert runs(lab)
    assert nothing_is_left(rehearsal, login)


def test_a_server_that_was_down_stays_down_and_untouched(
    lab: RunningLab, rehearsal: Migration
) -> None:
    data = lab.directory.data(lab.host("trav4"))
    lab.run("trav4", "domino stop")
    before = file_digests(data)
    check_and_start(rehearsal)
    run(rehearsal)
    assert rehearsal.status == S.REHEARSED, rehearsal.failure
    assert make_report(rehearsal).outage_seconds is None
    assert file_digests(data) == before
    assert not runs(lab)


def test_a_login_that_may_make_no_schema_is_reported_before_anything_is_stopped(
    lab: RunningLab, rehearsal: Migration, postgresql: EmbeddedPostgreSQL
) -> None:
    login = lab.directory.databases["pool"]
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{login.name}" OWNER TO {postgresql.user}')
    try:
        check_migration(rehearsal, actor=rehearsal.actor)
        run_checks(rehearsal.pk)
        rehearsal.refresh_from_db()
        assert rehearsal.status == S.DRAFT
        finding = rehearsal.findings.blockers().get(check_id="scratch")
        assert f'GRANT CREATE ON DATABASE "{login.name}" TO "{login.user}"' in finding.remedy
        assert runs(lab)
    finally:
        with psycopg.connect(postgresql.url, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{login.name}" OWNER TO "{login.user}"')


def test_a_real_migration_is_asked_nothing_about_scratch_schemas(
    lab: RunningLab, draft: Migration
) -> None:
    check_migration(draft, actor=draft.actor)
    run_checks(draft.pk)
    assert not draft.findings.filter(check_id="scratch").exists()
