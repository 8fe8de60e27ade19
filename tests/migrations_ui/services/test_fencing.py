"""Whoever takes a run over fences off the worker before: nothing of its is written any more."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.utils import timezone

from migrations_ui.models import Event, Migration, Step
from migrations_ui.runner.journal import StepJournal
from migrations_ui.runner.lease import holding_lease
from migrations_ui.runner.runner import run_migration
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.files.attempt_files import begin_attempt, end_attempt, files_of_attempt
from migrations_ui.steps.registry import STEPS, StepFunctions
from migrations_ui.steps.transfer.progress_recorder import TableRecorder
from migrations_ui.transfer.control import Unattended
from migrations_ui.transfer.errors import RunnerReplaced
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.steps.transfer.test_progress_recorder import PLAN
from tests.waiting import wait_until

LEASE = timedelta(seconds=2)
RUN = "0123456789abcdef"
# A worker with a reader, whose argument is the private copy.
WORKER = """
import os, subprocess, sys, time
reader = [sys.executable, "-c", "import time; time.sleep(600)", os.environ["COPY"]]
subprocess.Popen(reader, start_new_session=True)
print("up", flush=True)
time.sleep(600)
"""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("work_directory")]


@pytest.fixture
def migration() -> Migration:
    return MigrationFactory(copying=True, lease_owner="", lease_until=None)


@pytest.fixture
def replaced(migration: Migration) -> int:
    """The attempt of a worker that another one has taken over from."""
    take(migration, "one")
    migration.refresh_from_db()
    Migration.objects.filter(pk=migration.pk).update(lease_until=timezone.now() - LEASE)
    attempt = migration.attempt
    take(migration, "two")
    return attempt


def take(migration: Migration, owner: str) -> None:
    assert Migration.objects.take_lease(migration.pk, owner=owner, duration=LEASE)


def step_of(migration: Migration) -> Step:
    return migration.steps.get(name=StepName.COPY)


def seen(migration: Migration) -> list[object]:
    """What these writers change."""
    path = Migration.objects.values_list("backup_path", flat=True).get(pk=migration.pk)
    tables = list(migration.tables.values_list("table", flat=True))
    events = Event.objects.filter(migration=migration).count()
    return [path, tables, events, step_of(migration).done]


def write_log(migration: Migration, attempt: int) -> None:
    journal = StepJournal(step_of(migration), attempt=attempt)
    journal.log("a line")
    journal.flush()


def write_progress(migration: Migration, attempt: int) -> None:
    journal = StepJournal(step_of(migration), attempt=attempt)
    journal.progress(1, 2, "rows")
    journal.flush()


def write_tables(migration: Migration, attempt: int) -> None:
    TableRecorder(migration, PLAN, StepJournal(step_of(migration)), attempt=attempt)


def write_facts(migration: Migration, attempt: int) -> None:
    journal = StepJournal(step_of(migration), attempt=attempt)
    context = StepContext(migration, journal, Unattended(), lambda _: journal, attempt=attempt)  # type: ignore[arg-type,return-value]
    context.remember(backup_path="elsewhere")


@pytest.mark.parametrize("write", [write_log, write_progress, write_tables, write_facts])
def test_the_attempt_before_writes_nothing_more(
    migration: Migration, replaced: int, write: Callable[[Migration, int], None]
) -> None:
    before = seen(migration)
    with pytest.raises(RunnerReplaced):
        write(migration, replaced)
    assert seen(migration) == before
    write(migration, replaced + 1)
    assert seen(migration) != before


@pytest.mark.usefixtures("queued")
def test_a_step_that_ends_after_a_takeover_does_not_count(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = migration.steps.exclude(status=StepStatus.DONE).order_by("position")[0]

    def be_overtaken(context: StepContext) -> str:
        # The lease itself still bears this worker's name: only the number tells.
        Migration.objects.filter(pk=migration.pk).update(attempt=context.attempt + 1)
        return "done"

    monkeypatch.setitem(STEPS, StepName(step.name), StepFunctions(be_overtaken))
    run_migration(migration.pk)
    step.refresh_from_db()
    assert step.status == StepStatus.RUNNING
    migration.refresh_from_db()
    assert migration.status == MigrationStatus.RUNNING
    assert not migration.events.filter(text="done").exists()


def test_a_private_copy_goes_from_attempt_to_attempt(migration: Migration) -> None:
    with holding_lease(migration.pk) as heartbeat:
        assert heartbeat is not None
        first = files_of_attempt(migration.run_id, heartbeat.attempt)
        (first / "ntsdb").mkdir()
        (first / "ntsdb" / "service.properties").write_text("derby")
        (first / "host").mkdir()
    with holding_lease(migration.pk) as heartbeat:
        assert heartbeat is not None
        second = files_of_attempt(migration.run_id, heartbeat.attempt)
        assert (second / "ntsdb" / "service.properties").read_text() == "derby"
        assert not first.exists()


def test_a_copy_that_all_attempts_shared_is_taken_along(
    nothing_there: None, work_directory: Path
) -> None:
    (work_directory / "runs" / RUN / "ntsdb").mkdir(parents=True)
    assert begin_attempt(RUN, 4) == []
    assert (work_directory / "runs" / RUN / "4" / "ntsdb").is_dir()
    assert not (work_directory / "runs" / RUN / "ntsdb").exists()
    end_attempt(RUN, 4, tidy=True)


@pytest.fixture
def nothing_there(work_directory: Path) -> None:
    """The tests of a session share the directory."""
    shutil.rmtree(work_directory / "runs" / RUN, ignore_errors=True)


@pytest.fixture
def frozen(nothing_there: None, work_directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with a reader that has begun attempt 1 and hangs, as under SIGSTOP."""
    directory = work_directory / "runs" / RUN
    copy = directory / "1" / "ntsdb"
    worker = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            WORKER,
        ],
        env=os.environ | {"COPY": str(copy)},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    worker.stdout.readline()
    copy.mkdir(parents=True)
    (copy / "service.properties").write_text("derby")
    record(directory, worker.pid)
    worker.send_signal(signal.SIGSTOP)
    yield worker
    worker.kill()
    worker.wait()
    worker.stdout.close()


def record(directory: Path, pid: int, **others: object) -> None:
    host = os.uname().nodename
    known = {"host": host, "pid": pid, "started": psutil.Process(pid).create_time()} | others
    (directory / "1.worker.json").write_text(json.dumps(known))


def test_a_frozen_worker_and_its_reader_are_ended_and_their_copy_is_taken(
    frozen: subprocess.Popen[bytes], work_directory: Path
) -> None:
    (reader,) = psutil.Process(frozen.pid).children()
    (note,) = begin_attempt(RUN, 2)
    assert "did not answer and was ended" in note
    assert frozen.poll() is not None
    wait_until(lambda: not reader.is_running() or reader.status() == psutil.STATUS_ZOMBIE)
    run = work_directory / "runs" / RUN
    assert (run / "2" / "ntsdb" / "service.properties").exists()
    assert sorted(each.name for each in run.iterdir()) == ["2", "2.worker.json"]
    end_attempt(RUN, 2, tidy=True)


def test_a_worker_of_another_host_keeps_its_copy(
    frozen: subprocess.Popen[bytes], work_directory: Path
) -> None:
    run = work_directory / "runs" / RUN
    record(run, frozen.pid, host="elsewhere")
    (note,) = begin_attempt(RUN, 2)
    assert "elsewhere" in note
    assert frozen.poll() is None
    assert (run / "1" / "ntsdb" / "service.properties").exists()
    assert not (run / "2" / "ntsdb").exists()
    end_attempt(RUN, 2, tidy=True)


def test_who_has_the_number_of_a_process_that_is_gone_is_left_alone(
    frozen: subprocess.Popen[bytes], work_directory: Path
) -> None:
    record(work_directory / "runs" / RUN, frozen.pid, started=1.0)
    psutil.Process(frozen.pid).children()[0].kill()
    (note,) = begin_attempt(RUN, 2)
    assert "is gone" in note
    assert frozen.poll() is None
    end_attempt(RUN, 2, tidy=True)
