"""kill -9 of a real worker, in every step and within the copy: the migration goes on by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from migrations_ui.models import Migration
from migrations_ui.services.migrations import confirm_cutover
from migrations_ui.states import (
    STEP_ORDER,
    MigrationKind,
    MigrationStatus,
    StepName,
)
from tests.lab_fixture import RunningLab
from tests.migrations_ui.resumed_runs import RESUME_SECONDS, has_begun, kill_in, rows_copied, state
from tests.migrations_ui.whole_migrations import check_and_start, rows_in_derby, rows_in_pool
from tests.migrations_ui.worker_processes import CeleryProcesses
from tests.waiting import wait_until

S = MigrationStatus
Outage = Callable[[], AbstractContextManager[None]]
STEPS = STEP_ORDER[MigrationKind.MIGRATION]
GATE = STEPS.index(StepName.CUTOVER)

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("queued")]


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
    wait_until(lambda: state(draft) is S.AWAITING_CUTOVER)

    data = lab.directory.data(lab.host("trav4"))
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows == before[table] | original[table], table

    draft.refresh_from_db()
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4")
    for name in STEPS[GATE + 1 :]:
        kill_in(celery, draft, name)
    wait_until(lambda: state(draft) is S.FINISHED)


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
    wait_until(lambda: has_begun(draft, StepName.COPY))
    with outage():
        copied = rows_copied(draft)
    wait_until(lambda: rows_copied(draft) > copied, seconds=RESUME_SECONDS)
    wait_until(lambda: state(draft) is S.AWAITING_CUTOVER)

    data = lab.directory.data(lab.host("trav4"))
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows == before[table] | original[table], table
