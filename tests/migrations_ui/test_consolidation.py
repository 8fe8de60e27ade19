"""A server whose people and devices the pool has already is migrated, and rolled back, end to
end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.accounts.models import User
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.models import Migration
from migrations_ui.presentation.report import make_report
from migrations_ui.services.migrations import (
    cancel_migration,
    choose_policy,
    create_migration,
    retry_migration,
)
from migrations_ui.states import ConflictPolicy, ConflictVerdict, MigrationStatus, StepName
from migrations_ui.transfer.merge.conflicts import read_conflicts
from migrations_ui.transfer.plan.stored_plan import unpacked
from migrations_ui.transfer.undo.retained import list_retained
from pools.lab.enrolment import enroll_lab
from pools.models import Pool, Server
from tests.lab_fixture import RunningLab, running_lab
from tests.migrations_ui.overlap import SCENARIO, age_some
from tests.migrations_ui.whole_migrations import (
    Rows,
    check_and_start,
    rows_in_pool,
    run,
    run_to_the_gate,
)

pytestmark = pytest.mark.usefixtures("queued")


@pytest.fixture
def overlapping(
    tmp_path: Path, postgresql: EmbeddedPostgreSQL, administrator: User
) -> Iterator[RunningLab]:
    scenario = tmp_path / "overlapping.toml"
    scenario.write_text(SCENARIO)
    with running_lab(tmp_path, postgresql, scenario=scenario, scale=1.0) as running:
        enroll_lab(running.directory)
        age_some(running.directory.databases["pool"])
        yield running


def draft_of(policy: ConflictPolicy, administrator: User) -> Migration:
    return create_migration(
        Server.objects.get(domino_name="CN=trav4/O=Acme"),
        Pool.objects.get(name="Acme EU"),
        actor=administrator,
        drain_seconds=0,
        conflict_policy=policy,
    )


def keyed(rows: Rows, table: str, width: int) -> dict[tuple[object, ...], tuple[object, ...]]:
    return {row[:width]: row for row in rows[table]}


def test_the_newest_wins_and_a_devices_documents_follow_the_device(
    overlapping: RunningLab, work_directory: Path, administrator: User
) -> None:
    login = overlapping.directory.databases["pool"]
    before = rows_in_pool(login)
    migration = draft_of(ConflictPolicy.NEWEST, administrator)
    run_to_the_gate(migration)

    after = rows_in_pool(login)
    verdicts = {
        (table, conflict): verdict
        for table, conflict, verdict in migration.conflicts.values_list(
            "table", "row_key", "verdict"
        )
    }
    kept = [key for key, verdict in verdicts.items() if verdict == ConflictVerdict.KEPT]
    replaced = [key for key, verdict in verdicts.items() if verdict == ConflictVerdict.REPLACED]
    assert {table for table, _ in kept} >= {"devices", "doc_state"}
    assert {table for table, _ in replaced} >= {"devices", "doc_state"}
    # By their own ages the documents would have gone the other way.
    old, new = keyed(before, "devices", 2), keyed(after, "devices", 2)
    changed = {key for key, row in old.items() if new[key] != row}
    assert changed
    old_docs, new_docs = keyed(before, "doc_state", 3), keyed(after, "doc_state", 3)
    changed_docs = {key[:2] for key, row in old_docs.items() if new_docs[key] != row}
    assert changed_docs <= changed
    assert all(table.rows_settled == table.rows_total for table in migration.tables.all())
    report = make_report(migration)
    assert report.equation.startswith(f"{report.rows:,} = {report.copied:,} inserted + ")
    assert "last_sync_time" in migration.conflicts.filter(table="devices")[0].server_side

    # The console remembers enough of the tables to list all of them without the source.
    tables = [unpacked(table.table, table.plan) for table in migration.tables.all()]
    listed = read_conflicts(tables, login=login, run_id=migration.run_id, limit=10_000)
    assert [(each.table, each.key) for each in listed.conflicts] == list(verdicts)
    assert any(migration.run_id in table.rows for table in list_retained(login))

    cancel_migration(migration, actor=administrator)
    run(migration)
    assert migration.status == MigrationStatus.CANCELLED, migration.failure
    assert rows_in_pool(login) == before
    assert not any(migration.run_id in table.rows for table in list_retained(login))
    assert not migration.conflicts.exists()


def test_a_migration_that_is_to_stop_asks_and_goes_on_when_decided(
    overlapping: RunningLab, work_directory: Path, administrator: User
) -> None:
    login = overlapping.directory.databases["pool"]
    before = rows_in_pool(login)
    migration = draft_of(ConflictPolicy.STOP, administrator)
    check_and_start(migration)
    run(migration)
    assert migration.status == MigrationStatus.FAILED
    assert migration.current_step == StepName.COPY
    assert "Decide which row is to stay" in migration.failure
    opened = migration.conflicts.filter(verdict=ConflictVerdict.OPEN)
    assert opened.exists()
    assert all("last_sync_time" in each.server_side for each in opened.filter(table="devices"))
    assert all(each.values for each in opened)
    assert migration.events.filter(text__contains=opened[0].row_key).exists()

    choose_policy(migration, actor=administrator, conflict_policy=ConflictPolicy.POOL)
    retry_migration(migration, actor=administrator)
    run(migration)
    assert migration.status == MigrationStatus.AWAITING_CUTOVER, migration.failure
    after = rows_in_pool(login)
    assert all(rows <= after[table] for table, rows in before.items())
    assert set(migration.conflicts.values_list("verdict", flat=True)) == {ConflictVerdict.KEPT}
