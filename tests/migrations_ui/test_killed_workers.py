"""kill -9 of a real worker, in every step and within the copy: the move goes on by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from migrations_ui.models import Migration
from migrations_ui.services.migrations import confirm_cutover, create_migration
from migrations_ui.states import (
    STEP_ORDER,
    Level,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)
from pools.lab.embedded import EmbeddedPostgreSQL, EmbeddedRedis
from pools.services.schedules import ensure_schedules
from tests.lab_fixture import RunningLab
from tests.migrations_ui.moves import check_and_start, rows_in_derby, rows_in_pool, scratch_schemas
from tests.migrations_ui.worker_processes import CeleryProcesses
from tests.waiting import wait_until

S = MigrationStatus
Outage = Callable[[], AbstractContextManager[None]]
# From the start of the next worker to its first sign of life in the run.
RESUME_SECONDS = 30
STEPS = STEP_ORDER[MigrationKind.MOVE]
GATE = STEPS.index(StepName.CUTOVER)

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("queued")]


@pytest.fixture
def celery(
    draft: Migration, redis: EmbeddedRedis, work_directory: Path, tmp_path: Path
) -> Iterator[CeleryProcesses]:
    ensure_schedules()
    with CeleryProcesses(
        redis_url=redis.url, work_directory=work_directory, log_directory=tmp_path
    ) as processes:
        yield processes


@pytest.fixture
def outage(redis: EmbeddedRedis, postgresql: EmbeddedPostgreSQL) -> Outage:
    """Both servers are down, as after a power cut, while the context is open."""

    @contextmanager
    def down() -> Iterator[None]:
        redis.kill()
        postgresql.kill()
        try:
            yield
        finally:
            postgresql.start()
            redis.start()

    return down


def test_a_worker_killed_in_every_step_loses_and_doubles_nothing(
    lab: RunningLab, draft: Migration, celery: CeleryProcesses, tmp_path: Path
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    # Slow enough to be hit in the middle of the copy.
    Migration.objects.filter(pk=draft.pk).update(rows_per_second=700)
    check_and_start(draft)
    for name in STEPS[:GATE]:
        kill_in(celery, draft, name)
    wait_until(lambda: state(draft) is S.AWAITING_CUTOVER, seconds=120)

    data = lab.directory.data(lab.host("trav4"))
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows == before[table] | original[table], table

    draft.refresh_from_db()
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4")
    for name in STEPS[GATE + 1 :]:
        kill_in(celery, draft, name)
    wait_until(lambda: state(draft) is S.FINISHED, seconds=120)


def test_redis_and_the_pools_database_may_go_and_come_back_during_the_copy(
    lab: RunningLab,
    draft: Migration,
    celery: CeleryProcesses,
    outage: Outage,
    tmp_path: Path,
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    Migration.objects.filter(pk=draft.pk).update(rows_per_second=400)
    check_and_start(draft)
    wait_until(lambda: has_begun(draft, StepName.COPY), seconds=120)
    with outage():
        copied = rows_copied(draft)
    wait_until(lambda: rows_copied(draft) > copied, seconds=RESUME_SECONDS)
    wait_until(lambda: state(draft) is S.AWAITING_CUTOVER, seconds=120)

    data = lab.directory.data(lab.host("trav4"))
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows == before[table] | original[table], table


def test_a_rehearsal_killed_in_every_step_leaves_no_scratch_schema(
    lab: RunningLab, draft: Migration, celery: CeleryProcesses
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    draft.delete()
    rehearsal = create_migration(
        draft.server,
        draft.pool,
        actor=draft.actor,
        kind=MigrationKind.REHEARSAL,
        rows_per_second=700,
        drain_seconds=0,
    )
    check_and_start(rehearsal)
    for name in STEP_ORDER[MigrationKind.REHEARSAL]:
        kill_in(celery, rehearsal, name)
        if name == StepName.COPY:
            assert scratch_schemas(login) == [rehearsal.scratch_name]
    wait_until(lambda: state(rehearsal) is S.REHEARSED, seconds=120)

    assert scratch_schemas(login) == []
    assert rows_in_pool(login) == before
    assert "GREEN" in lab.console("trav4", "tell traveler status").upper()
    assert not rehearsal.events.filter(level=Level.ERROR).exists()


def rows_copied(migration: Migration) -> int:
    assert state(migration) is not S.FAILED, Migration.objects.get(pk=migration.pk).failure
    return sum(migration.tables.values_list("rows_copied", flat=True))


def kill_in(celery: CeleryProcesses, migration: Migration, name: StepName) -> None:
    """Kill the worker while this step runs, start another, wait until it has the run."""
    wait_until(lambda: has_begun(migration, name), seconds=120)
    celery.kill_worker()
    owner = owner_of(migration)
    celery.start_worker()
    wait_until(
        lambda: owner_of(migration) not in {owner, ""} or rests(migration), seconds=RESUME_SECONDS
    )


def has_begun(migration: Migration, name: StepName) -> bool:
    assert state(migration) is not S.FAILED, Migration.objects.get(pk=migration.pk).failure
    step = migration.steps.get(name=name)
    if name == StepName.COPY and step.status == StepStatus.RUNNING:
        return migration.tables.filter(rows_copied__gt=0).exists()
    return step.status != StepStatus.WAITING


def owner_of(migration: Migration) -> str:
    return Migration.objects.get(pk=migration.pk).lease_owner


def state(migration: Migration) -> MigrationStatus:
    return Migration.objects.get(pk=migration.pk).state


def rests(migration: Migration) -> bool:
    return state(migration) in {S.AWAITING_CUTOVER, S.FINISHED, S.REHEARSED}
