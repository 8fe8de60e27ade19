"""Looks at a run whose worker is killed or frozen, and kills it in a step."""

from __future__ import annotations

from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from tests.migrations_ui.worker_processes import CeleryProcesses
from tests.waiting import wait_until

S = MigrationStatus
# From the start of the next worker to its first sign of life in the run.
RESUME_SECONDS = 60


def rows_copied(migration: Migration) -> int:
    assert state(migration) is not S.FAILED, Migration.objects.get(pk=migration.pk).failure
    return sum(migration.tables.values_list("rows_copied", flat=True))


def kill_in(celery: CeleryProcesses, migration: Migration, name: StepName) -> None:
    """Kill the worker while this step runs, start another, wait until it has the run."""
    wait_until(lambda: has_begun(migration, name))
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
