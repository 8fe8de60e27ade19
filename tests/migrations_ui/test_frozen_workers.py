"""SIGSTOP of a real worker, and what goes away for a while: the run goes on by itself, and what the
frozen worker had in hand is written by nobody but its successor."""

from __future__ import annotations

import itertools
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil
import pytest

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.models import Migration
from migrations_ui.services.migrations import check_migration
from migrations_ui.states import Level, MigrationStatus, StepName
from tests.lab_fixture import RunningLab
from tests.migrations_ui.resumed_runs import (
    RESUME_SECONDS,
    has_begun,
    owner_of,
    rows_copied,
    state,
)
from tests.migrations_ui.whole_migrations import check_and_start, rows_in_derby, rows_in_pool
from tests.migrations_ui.worker_processes import CeleryProcesses
from tests.waiting import wait_until

S = MigrationStatus
MOMENT = timedelta(seconds=1)

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("queued")]


def readers_of(migration: Migration, work_directory: Path) -> set[psutil.Process]:
    inside = str(work_directory / "runs" / migration.run_id)
    return {
        process
        for process in psutil.process_iter(["cmdline"])
        if any(word.startswith(inside) for word in process.info["cmdline"] or ())
    }


def test_a_frozen_worker_is_ended_and_its_run_goes_on(
    lab: RunningLab,
    draft: Migration,
    celery: CeleryProcesses,
    work_directory: Path,
    tmp_path: Path,
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    Migration.objects.filter(pk=draft.pk).update(rows_per_second=500)
    check_and_start(draft)
    wait_until(lambda: has_begun(draft, StepName.COPY))
    with celery.frozen_worker() as frozen:
        owner, its_readers = owner_of(draft), readers_of(draft, work_directory)
        celery.start_worker()
        wait_until(lambda: owner_of(draft) not in {owner, ""}, seconds=RESUME_SECONDS)
        wait_until(lambda: frozen.status() == psutil.STATUS_ZOMBIE, seconds=RESUME_SECONDS)
        copied = rows_copied(draft)
        wait_until(lambda: readers_of(draft, work_directory) - its_readers, seconds=RESUME_SECONDS)
        (reader,) = readers_of(draft, work_directory) - its_readers
        # Killed before it has read much, it is started again, and its end is in the log.
        reader.kill()
        wait_until(lambda: rows_copied(draft) > copied, seconds=2 * RESUME_SECONDS)
    wait_until(lambda: state(draft) is S.AWAITING_CUTOVER, seconds=240)

    data = lab.directory.data(lab.host("trav4"))
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows == before[table] | original[table], table
    assert not draft.events.filter(level=Level.ERROR).exists()
    warnings = "\n".join(draft.events.filter(level=Level.WARNING).values_list("text", flat=True))
    assert "did not answer and was ended" in warnings
    assert "Waiting for the Derby reader: " in warnings
    assert "SIGKILL" in warnings
    times = list(draft.events.order_by("sequence").values_list("at", flat=True))
    # Lines are written a moment after they are noted, and a state at once.
    assert all(earlier - later < MOMENT for earlier, later in itertools.pairwise(times))


def test_a_check_whose_worker_is_gone_is_made_by_the_next(
    draft: Migration, celery: CeleryProcesses
) -> None:
    celery.kill_worker()
    check_migration(draft, actor=draft.actor)
    # A worker took the lease and died before it began.
    assert Migration.objects.take_lease(draft.pk, owner="gone", duration=MOMENT)
    celery.start_worker()
    wait_until(lambda: state(draft) is S.READY)


def test_the_database_may_be_away_in_every_step_before_the_gate(
    draft: Migration, celery: CeleryProcesses, postgresql: EmbeddedPostgreSQL
) -> None:
    check_and_start(draft)
    for name in (StepName.PREFLIGHT, StepName.SCHEMA, StepName.VERIFY):
        wait_until(partial(has_begun, draft, name))
        postgresql.kill()
        try:
            wait_until(lambda: state(draft) is S.AWAITING_CUTOVER or is_waiting(draft), seconds=60)
        finally:
            postgresql.start()
    wait_until(lambda: state(draft) is S.AWAITING_CUTOVER, seconds=240)


def is_waiting(migration: Migration) -> bool:
    assert state(migration) is not S.FAILED, Migration.objects.get(pk=migration.pk).failure
    return bool(Migration.objects.get(pk=migration.pk).waiting_for)
