"""Rows that changed in the pool between copy and verification: named, then written again."""

from __future__ import annotations

import json
from collections.abc import Callable

import psycopg
import pytest

from migrations_ui.models import Migration
from migrations_ui.services.migrations import (
    pause_migration,
    resume_migration,
    retry_migration,
)
from migrations_ui.states import Level, MigrationStatus, StepName
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.registry import STEPS, StepFunctions
from pools.databases.connection import DatabaseLogin
from tests.lab_fixture import RunningLab
from tests.migrations_ui.whole_migrations import check_and_start, rows_in_pool, run

pytestmark = pytest.mark.usefixtures("queued")

SOMEBODY_ELSES_SUBJECT = "Nobody on the server that is migrated has written this"


@pytest.fixture
def rests_before_verifying(monkeypatch: pytest.MonkeyPatch) -> Callable[[Migration], None]:
    """Has a person ask for a pause just as the copy comes to its end, and runs until it rests."""

    def start(migration: Migration) -> None:
        copy = STEPS[StepName.COPY]

        def copy_then_pause(context: StepContext) -> str:
            summary = copy.run(context)
            pause_migration(Migration.objects.get(pk=migration.pk), actor=migration.actor)
            return summary

        monkeypatch.setitem(STEPS, StepName.COPY, StepFunctions(copy_then_pause, copy.undo))
        check_and_start(migration)
        run(migration)
        assert migration.status == MigrationStatus.PAUSED, migration.failure
        assert migration.current_step == StepName.COPY

    return start


def test_a_changed_and_a_lost_row_are_named_and_a_retry_repairs_them(
    lab: RunningLab, draft: Migration, rests_before_verifying: Callable[[Migration], None]
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    rests_before_verifying(draft)
    copied = rows_in_pool(login)
    changed = min(copied["doc_state"] - before["doc_state"], key=repr)[:3]
    lost = min(copied["folder_state"] - before["folder_state"], key=repr)[:3]
    _execute(
        login,
        "UPDATE doc_state SET subject = %s, revision = revision + 1"
        " WHERE username = %s AND device_id = %s AND doc_id = %s",
        (SOMEBODY_ELSES_SUBJECT, *changed),
    )
    _execute(
        login,
        "DELETE FROM folder_state WHERE username = %s AND device_id = %s AND folder_id = %s",
        lost,
    )

    resume_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert draft.current_step == StepName.VERIFY
    assert "differ in doc_state, folder_state" in draft.failure
    assert "Retry" in draft.failure
    errors = draft.events.filter(level=Level.ERROR, step=StepName.VERIFY)
    named = {text for text in errors.values_list("text", flat=True) if "[" in text}
    assert named == {
        f"doc_state {json.dumps(changed, ensure_ascii=False)}: differs (subject, revision)",
        f"folder_state {json.dumps(lost, ensure_ascii=False)}: missing",
    }

    retry_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.AWAITING_CUTOVER, draft.failure
    assert rows_in_pool(login) == copied
    assert not draft.tables.filter(mismatches__gt=0).exists()


def _execute(login: DatabaseLogin, statement: str, parameters: tuple[object, ...]) -> None:
    """One statement, which has to find exactly one row."""
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password) as connection:
        assert connection.execute(statement, parameters).rowcount == 1
