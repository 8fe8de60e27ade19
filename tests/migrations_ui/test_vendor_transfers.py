"""Migrations in which the server brings its own data over: real SSH, real Derby, real
PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.accounts.models import User
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from migrations_ui.models import Migration, PoolLock
from migrations_ui.services.migrations import (
    cancel_migration,
    confirm_cutover,
    create_migration,
    retry_migration,
    roll_back_migration,
)
from migrations_ui.states import EventKind, MigrationKind, MigrationStatus, StepName, StepStatus
from migrations_ui.steps import follow
from pools.gateways.parsing.console_lines import parse
from pools.gateways.profiles import SERVER_C
from pools.lab.enrolment import enroll_lab
from pools.lab.faults import set_fault
from pools.models import Pool, Server
from pools.services.schedules import ensure_schedules
from tests.lab_fixture import RunningLab, running_lab
from tests.migrations_ui.whole_migrations import (
    Rows,
    check_and_start,
    cut_over,
    rows_in_derby,
    rows_in_pool,
    run,
    run_to_the_gate,
)
from tests.migrations_ui.worker_processes import CeleryProcesses
from tests.waiting import wait_until

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("queued")]


@pytest.fixture
def lab(
    tmp_path: Path, postgresql: EmbeddedPostgreSQL, administrator: User
) -> Iterator[RunningLab]:
    """Its transfer brings some hundred rows a second, so that it can be hit in the middle."""
    with running_lab(tmp_path, postgresql, hosts=["trav1", "trav4"], speed=0.1) as running:
        enroll_lab(running.directory)
        yield running


@pytest.fixture
def draft(lab: RunningLab, work_directory: Path, administrator: User) -> Migration:
    return create_migration(
        Server.objects.get(domino_name="CN=trav4/O=Acme"),
        Pool.objects.get(),
        actor=administrator,
        kind=MigrationKind.VENDOR,
        drain_seconds=0,
    )


@pytest.fixture
def data(lab: RunningLab) -> Path:
    """The data directory of the server that is migrated."""
    return lab.directory.data(lab.host("trav4"))


@pytest.fixture
def celery(
    draft: Migration, redis: EmbeddedRedis, work_directory: Path, tmp_path: Path
) -> Iterator[CeleryProcesses]:
    ensure_schedules()
    with CeleryProcesses(
        redis_url=redis.url, work_directory=work_directory, log_directory=tmp_path
    ) as processes:
        yield processes


def original_rows(data: Path, tmp_path: Path) -> Rows:
    """What the server has to bring; it is down."""
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    return rows_in_derby(tmp_path / "original", tmp_path / "derby.log")


def followed(migration: Migration) -> list[str]:
    """What the log has of the server's own lines on its transfer."""
    events = migration.events.filter(step=StepName.FOLLOW, kind=EventKind.LOG)
    return [text for text in events.values_list("text", flat=True) if "Data transfer" in text]


def printed(data: Path) -> list[str]:
    """What the server printed on its transfer since its last start."""
    log = (data / "IBM_TECHNICAL_SUPPORT" / "console.log").read_text(encoding="utf-8")
    return [line.text for line in parse(log) if "Data transfer" in line.text]


def state(migration: Migration) -> MigrationStatus:
    return Migration.objects.get(pk=migration.pk).state


def test_a_server_moves_its_own_data_and_every_line_is_followed(
    lab: RunningLab, draft: Migration, data: Path, tmp_path: Path
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    run_to_the_gate(draft)
    original = original_rows(data, tmp_path)
    assert rows_in_pool(login) == before, "nothing is migrated before the gate"
    assert draft.backup_sha256

    cut_over(draft)
    for table, rows in rows_in_pool(login).items():
        assert len(rows) >= len(before[table] | original[table]), table
    assert rows_in_pool(login)["doc_state"] >= original["doc_state"]
    assert not (data / "traveler" / "ntsdb").exists()
    assert followed(draft) == printed(data)
    assert set(draft.steps.values_list("status", flat=True)) == {StepStatus.DONE}
    assert not draft.tables.exists()
    assert not PoolLock.objects.exists()
    assert not draft.events.filter(text__contains=login.password).exists()
    assert draft.last_progress_line.startswith("Data transfer completed")
    draft.server.refresh_from_db()
    assert draft.server.pool == draft.pool


def test_a_host_without_the_start_script_is_followed_as_well(
    lab: RunningLab, draft: Migration, data: Path
) -> None:
    """`server -c` prints nothing, and nobody archives the log at a start."""
    profile = draft.server.profile
    for name in (
        *("console_method", "console_command"),
        *("start_server", "stop_server", "server_status"),
    ):
        setattr(profile, name, getattr(SERVER_C, name))
    profile.save()
    run_to_the_gate(draft)
    cut_over(draft)
    assert followed(draft) == printed(data)


def test_a_worker_killed_while_following_loses_and_doubles_no_line(
    celery: CeleryProcesses, draft: Migration, data: Path
) -> None:
    check_and_start(draft)
    wait_until(lambda: state(draft) is MigrationStatus.AWAITING_CUTOVER)
    draft.refresh_from_db()
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4")
    wait_until(lambda: len(followed(draft)) > 2)
    celery.kill_worker()
    seen = followed(draft)
    wait_until(lambda: len(printed(data)) > len(seen))
    celery.start_worker()
    wait_until(lambda: state(draft) is MigrationStatus.FINISHED)
    assert followed(draft) == printed(data)


def test_a_transfer_that_fails_says_so_and_is_retried_by_starting_the_server_again(
    lab: RunningLab, draft: Migration, data: Path
) -> None:
    run_to_the_gate(draft)
    set_fault(lab.directory, lab.host("trav4"), "fail-transfer", active=True)
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4")
    run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert draft.current_step == StepName.FOLLOW
    assert "Data transfer failed after" in draft.failure
    assert (data / "traveler" / "ntsdb").exists()

    set_fault(lab.directory, lab.host("trav4"), "fail-transfer", active=False)
    retry_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.FINISHED, draft.failure


def test_a_host_that_dies_fails_the_step_with_its_last_lines_and_the_next_attempt_reads_on(
    lab: RunningLab, draft: Migration, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_to_the_gate(draft)
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4")
    with monkeypatch.context() as patched:
        patched.setattr(follow, "LONGEST_ABSENCE_SECONDS", 3)
        patched.setattr(
            follow._Following,
            "_require_running",
            lambda _following, _host: lab.kill("trav4") if followed(draft) else None,
        )
        run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert "Last lines:" in draft.failure
    assert "Data transfer" in draft.failure

    lab.restart("trav4")
    retry_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.FINISHED, draft.failure
    # The lab's host goes on by itself when it is there again, with a new log.
    assert followed(draft)[-len(printed(data)) :] == printed(data)


def test_a_server_that_stops_fails_the_step_and_a_roll_back_leaves_its_rows(
    lab: RunningLab, draft: Migration, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "RUNNING_SECONDS", 0)
    # The pattern for a failure would tell first.
    draft.server.profile.transfer_failure = ""
    draft.server.profile.save()
    run_to_the_gate(draft)
    original = original_rows(data, tmp_path)
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4")
    with monkeypatch.context() as patched:
        patched.setattr(
            follow._Following,
            "_is_member",
            lambda _following, _host: bool(followed(draft) and lab.run("trav4", "domino stop")[0]),
        )
        run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert "has stopped before its data were migrated" in draft.failure

    login = lab.directory.databases["pool"]
    migrated = rows_in_pool(login)
    roll_back_migration(draft, actor=draft.actor, typed_name="trav4")
    run(draft)
    assert draft.status == MigrationStatus.ROLLED_BACK, draft.failure
    assert rows_in_pool(login) == migrated, "the console takes out nothing that it did not bring"
    assert draft.events.filter(text__contains="by itself stays there").exists()
    lab.run("trav4", "domino stop")
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "restored")
    assert rows_in_derby(tmp_path / "restored", tmp_path / "derby.log") == original


def test_a_vendor_transfer_cancelled_at_the_gate_leaves_no_trace(
    lab: RunningLab, draft: Migration, data: Path
) -> None:
    before = rows_in_pool(lab.directory.databases["pool"])
    run_to_the_gate(draft)
    cancel_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.CANCELLED, draft.failure
    assert rows_in_pool(lab.directory.databases["pool"]) == before
    assert (data / "traveler" / "ntsdb").exists()
    assert "GREEN" in lab.console("trav4", "tell traveler status").upper()
