"""What is away for a moment is waited for in every step; what stays away fails with its cause."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from migrations_ui.models import Migration
from migrations_ui.runner import outages
from migrations_ui.runner.outages import MOST_READER_DEATHS, what_is_away
from migrations_ui.runner.runner import run_migration
from migrations_ui.services import migrations as services
from migrations_ui.states import STEP_ORDER, Level, MigrationKind, MigrationStatus, StepName
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.registry import STEPS, StepFunctions
from migrations_ui.transfer.engines.base import ConnectionGone, TargetLocked
from migrations_ui.transfer.errors import (
    ReaderDied,
    SourceDamaged,
    TargetFull,
    TargetLost,
    WorkerDiskFull,
)
from pools.databases import errors as databases
from pools.gateways import errors as gateways
from tests.migrations_ui.factories import MigrationFactory

S = MigrationStatus
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("queued", "work_directory"),
]

PASSING = [
    databases.DatabasePortClosed("PostgreSQL at db:5432 does not answer."),
    databases.DatabaseConnectionLost(),
    databases.TooManyConnections(),
    databases.DatabaseFull(),
    gateways.PortClosed(host="trav4"),
    gateways.ConnectionLost(host="trav4"),
    gateways.TimedOut(host="trav4"),
    gateways.LocalDiskFull(),
    ConnectionGone(),
    TargetFull(),
    WorkerDiskFull(),
    ReaderDied("The Derby reader was ended by the signal SIGKILL."),
    OperationalError("database is locked"),
    OSError(28, "No space left on device"),
]
LASTING = [
    databases.DatabaseLoginRefused(),
    databases.PrivilegeMissing(),
    databases.WrongEngine(),
    gateways.LoginRefused(),
    gateways.HostKeyChanged(),
    gateways.WrongProtocol(),
    gateways.LocalFileError(),
    TargetLocked(),
    TargetLost(),
    SourceDamaged(),
    StepFailed("Something.", remedy="Mend it."),
    OSError(13, "Permission denied"),
    ValueError("a mistake of ours"),
]
OF_EACH = list(STEP_ORDER[MigrationKind.MIGRATION])
BEFORE_GATE = OF_EACH[: OF_EACH.index(StepName.CUTOVER)]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses take no time; what the page shows during each is noted."""
    pauses: list[float] = []

    def wait(context: StepContext, seconds: float, **_: object) -> bool:
        context.check()
        pauses.append(seconds)
        row = Migration.objects.get(pk=context.migration.pk)
        assert row.waiting_for
        assert row.waiting_since is not None
        assert row.waiting_until is not None
        return False

    monkeypatch.setattr(StepContext, "wait", wait)
    return pauses


@pytest.fixture
def migration(monkeypatch: pytest.MonkeyPatch) -> Migration:
    for name in StepName:
        done = StepFunctions(lambda _: "done.", lambda _: "undone.")
        monkeypatch.setitem(STEPS, name, done)
    migration = MigrationFactory(status=S.READY)
    services.start_migration(migration, actor=migration.actor)
    return migration


def failing(error: Exception, times: int) -> Callable[[StepContext], str]:
    left = [error] * times

    def work(context: StepContext) -> str:
        if left:
            raise left.pop()
        return "done after all."

    return work


def run(migration: Migration) -> None:
    run_migration(migration.pk)
    migration.refresh_from_db()


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes_is_waited_for(
    migration: Migration,
    waited: list[float],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    assert what_is_away(error)
    monkeypatch.setitem(STEPS, StepName.SCHEMA, StepFunctions(failing(error, 2)))
    run(migration)
    assert migration.status == S.AWAITING_CUTOVER, migration.failure
    assert waited == [1.0, 2.0]
    warnings = migration.events.filter(level=Level.WARNING, step=StepName.SCHEMA)
    assert all(line.text.startswith("Waiting for ") for line in warnings)
    assert warnings.count() == 2
    assert (migration.waiting_for, migration.waiting_since) == ("", None)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_only_a_person_mends_is_said_at_once(
    migration: Migration,
    waited: list[float],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    monkeypatch.setitem(STEPS, StepName.SCHEMA, StepFunctions(failing(error, 1)))
    run(migration)
    assert (migration.status, waited) == (S.FAILED, [])


@pytest.mark.parametrize("name", BEFORE_GATE)
def test_it_is_waited_for_in_every_step(
    migration: Migration, waited: list[float], monkeypatch: pytest.MonkeyPatch, name: StepName
) -> None:
    away = databases.DatabasePortClosed()
    work = StepFunctions(failing(away, 1), failing(away, 1))
    monkeypatch.setitem(STEPS, name, work)
    run(migration)
    assert migration.status == S.AWAITING_CUTOVER, migration.failure
    services.cancel_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.status == S.CANCELLED, migration.failure
    assert waited == [1.0, 1.0]


def test_what_stays_away_fails_with_cause_and_remedy(
    migration: Migration,
    waited: list[float],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    settings.LIFEGUARD_OUTAGE_SECONDS = 0
    error = databases.DatabasePortClosed("PostgreSQL at db:5432 does not answer.")
    monkeypatch.setitem(STEPS, StepName.SCHEMA, StepFunctions(failing(error, 9)))
    run(migration)
    assert migration.status == S.FAILED
    assert migration.failure.startswith("The database stayed away for ")
    assert "db:5432 does not answer" in migration.failure
    assert error.remedy in migration.failure


def test_a_reader_that_dies_again_and_again_fails_with_what_ended_it(
    migration: Migration, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "FRESH_SECONDS", -1.0)
    error = ReaderDied("The Derby reader ended with exit code 3, out of memory.")
    monkeypatch.setitem(STEPS, StepName.COMPATIBILITY, StepFunctions(failing(error, 99)))
    run(migration)
    assert migration.status == S.FAILED
    assert len(waited) == MOST_READER_DEATHS
    assert "exit code 3, out of memory" in migration.failure


def test_a_pause_is_heard_while_something_is_away(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_paused(context: StepContext) -> str:
        services.pause_migration(context.migration, actor=context.migration.actor)
        raise databases.DatabasePortClosed

    monkeypatch.setitem(STEPS, StepName.SCHEMA, StepFunctions(be_paused))
    run(migration)
    assert migration.status == S.PAUSED
    assert migration.waiting_for == ""


def test_the_console_database_may_be_away_between_steps(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    read = Migration.objects.for_run

    def sometimes(pk: int) -> Migration:
        asked.append(pk)
        if len(asked) == 3:
            raise OperationalError("database is locked")
        return read(pk)

    monkeypatch.setattr(type(Migration.objects), "for_run", lambda _, pk: sometimes(pk))
    run(migration)
    assert migration.status == S.AWAITING_CUTOVER
