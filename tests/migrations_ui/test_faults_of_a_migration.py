"""Whole migrations that meet a fault: of the target while the copy runs, of the source before
anything is stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pytest_django.fixtures import Settings

from console.accounts.models import User
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.models import Migration
from migrations_ui.runner.preflight import run_checks
from migrations_ui.services.migrations import check_migration, retry_migration
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.registry import STEPS, StepFunctions
from pools.databases.connection import DatabaseLogin
from tests.lab_fixture import RunningLab
from tests.migrations_ui.whole_migrations import (
    Rows,
    check_and_start,
    rows_in_derby,
    rows_in_pool,
    run,
)

pytestmark = pytest.mark.usefixtures("queued")


@pytest.fixture
def data(lab: RunningLab) -> Path:
    """The data directory of the server that is migrated."""
    return lab.directory.data(lab.host("trav4"))


@contextmanager
def asking(login: DatabaseLogin, **other: str) -> Iterator[psycopg.Connection[Any]]:
    given: dict[str, Any] = {"user": login.user, "password": login.password} | other
    with psycopg.connect(host=login.host, port=login.port, dbname=login.name, **given) as opened:
        yield opened


def goes_on_to_the_gate(
    migration: Migration, before: Rows, login: DatabaseLogin, data: Path, tmp_path: Path
) -> None:
    retry_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.state is MigrationStatus.AWAITING_CUTOVER, migration.failure
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    for table, rows in rows_in_pool(login).items():
        assert rows - before[table] == original[table] - before[table], table
        assert before[table] <= rows


def test_a_table_that_is_locked_fails_the_copy_in_time_and_retry_goes_on(
    lab: RunningLab, draft: Migration, data: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.LIFEGUARD_LOCK_SECONDS = 1
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    check_and_start(draft)
    with asking(login) as other:
        # Others may read the table, and not write to it.
        other.execute("LOCK TABLE doc_state IN EXCLUSIVE MODE")
        run(draft)
        number = other.info.backend_pid
    assert (draft.status, draft.current_step) == (MigrationStatus.FAILED, StepName.COPY)
    place = f"doc_state in PostgreSQL at {login.host}:{login.port}/{login.name}"
    assert draft.failure.startswith(place)
    assert f"session {number} of {login.user}" in draft.failure
    step = draft.steps.get(name=StepName.COPY)
    assert (step.status, step.attempts) == (StepStatus.FAILED, 1)
    goes_on_to_the_gate(draft, before, login, data, tmp_path)


def test_a_right_taken_away_fails_the_copy_with_what_to_do_and_retry_goes_on(  # noqa: PLR0917
    lab: RunningLab,
    postgresql: EmbeddedPostgreSQL,
    draft: Migration,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    user = sql.Identifier(login.user)
    dba = {"user": postgresql.user, "password": postgresql.password}
    copy = STEPS[StepName.COPY]

    def revoke_and_copy(context: StepContext) -> str:
        with asking(login, **dba) as connection:
            connection.execute(sql.SQL("REVOKE INSERT ON doc_state FROM {}").format(user))
        return copy.run(context)

    check_and_start(draft)
    with monkeypatch.context() as patched:
        patched.setitem(STEPS, StepName.COPY, StepFunctions(revoke_and_copy, copy.undo))
        run(draft)
    assert (draft.status, draft.current_step) == (MigrationStatus.FAILED, StepName.COPY)
    assert "lacks INSERT on doc_state" in draft.failure
    assert "Have the DBA grant INSERT on doc_state" in draft.failure
    with asking(login, **dba) as connection:
        connection.execute(sql.SQL("GRANT INSERT ON doc_state TO {}").format(user))
    goes_on_to_the_gate(draft, before, login, data, tmp_path)


def test_a_source_that_cannot_be_read_is_reported_before_anything_is_stopped(
    lab: RunningLab, draft: Migration, data: Path, administrator: User
) -> None:
    database = data / "traveler" / "ntsdb"
    properties = database / "service.properties"
    as_it_was = properties.read_bytes()

    def blocked_by() -> list[tuple[str, str]]:
        check_migration(draft, actor=administrator)
        run_checks(draft.pk)
        draft.refresh_from_db()
        assert draft.state is not MigrationStatus.READY
        assert not draft.steps.exclude(status=StepStatus.WAITING).exists()
        assert "GREEN" in lab.console("trav4", "tell traveler status").upper()
        return list(draft.findings.blockers().values_list("check_id", "seen"))

    properties.write_bytes(
        as_it_was + b"dataEncryption=true\nencryptedBootPassword=7befbfe01919c749-39734\n"
    )
    ((check, seen),) = blocked_by()
    assert check == "derby_opens"
    assert "no boot password is known" in seen

    properties.write_bytes(b"a=b\n")
    ((check, seen),) = blocked_by()
    assert check == "derby_whole"
    assert "not a Derby database" in seen

    properties.write_bytes(as_it_was)
    (database / "seg0" / "c10.dat").rename(data / "c10.dat")
    ((check, seen),) = blocked_by()
    assert check == "derby_whole"
    assert "seg0 has no c10.dat" in seen

    (data / "c10.dat").rename(database / "seg0" / "c10.dat")
    assert draft.state is not MigrationStatus.READY
    check_migration(draft, actor=administrator)
    run_checks(draft.pk)
    assert not draft.findings.blockers().exists()
