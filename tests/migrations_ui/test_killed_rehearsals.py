"""kill -9 of a real worker, in every step of a rehearsal: it goes on, and cleans up, by itself."""

from __future__ import annotations

import pytest

from migrations_ui.models import Migration
from migrations_ui.services.migrations import create_migration
from migrations_ui.states import STEP_ORDER, Level, MigrationKind, MigrationStatus, StepName
from tests.lab_fixture import RunningLab
from tests.migrations_ui.resumed_runs import kill_in, state
from tests.migrations_ui.whole_migrations import check_and_start, rows_in_pool, scratch_schemas
from tests.migrations_ui.worker_processes import CeleryProcesses
from tests.waiting import wait_until

S = MigrationStatus

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("queued")]


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
    wait_until(lambda: state(rehearsal) is S.REHEARSED)

    assert scratch_schemas(login) == []
    assert rows_in_pool(login) == before
    assert "GREEN" in lab.console("trav4", "tell traveler status").upper()
    assert not rehearsal.events.filter(level=Level.ERROR).exists()
