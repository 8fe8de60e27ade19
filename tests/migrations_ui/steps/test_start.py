"""Start: Traveler that did not come up, because its database was away, is started once more."""

from __future__ import annotations

import itertools
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from migrations_ui.hosts import Host
from migrations_ui.runner.outages import outlast
from migrations_ui.steps import database_there, start
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.transfer.control import Unattended
from pools.databases.errors import DatabaseError, DatabasePortClosed
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.steps.test_configure import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator


class World:
    """A host and the pool's database. Domino starts Traveler when it starts itself, and Traveler
    needs the database at that moment."""

    def __init__(self) -> None:
        self.database: DatabaseError | None = None
        # What is wrong besides, with each start to come.
        self.failures = 0
        self.domino = self.traveler = False
        self.told: list[str] = []

    def start_server(self) -> None:
        if not self.domino:
            self.told.append("start")
            self.domino = True
            self.traveler = self.database is None and not self.failures
            self.failures = max(0, self.failures - 1)

    def stop_server(self) -> None:
        self.told.append("stop")
        self.domino = self.traveler = False

    @contextmanager
    def open(self, _login: Any) -> Iterator[None]:
        if self.database is not None:
            raise self.database
        yield


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def context(db: None, world: World, monkeypatch: pytest.MonkeyPatch) -> StepContext:
    migration = MigrationFactory(confirmed=True)
    console = SimpleNamespace(
        log_offset=lambda: 0,
        log_path="console.log",
        start_server=world.start_server,
        stop_server=world.stop_server,
    )
    shell = SimpleNamespace(tail=lambda _path, offset: ("", offset))
    profile = migration.server.profile.host_profile()
    host = Host(shell, console, None, profile)  # type: ignore[arg-type]
    monkeypatch.setattr(StepContext, "open_host", lambda _context: nullcontext(host))
    monkeypatch.setattr(StepContext, "wait", lambda _context, _seconds: True)
    monkeypatch.setattr(start, "traveler_answers", lambda _host: world.traveler)
    # A silence that is long enough after one look.
    clock = SimpleNamespace(monotonic=itertools.count(0, 15).__next__)
    monkeypatch.setattr(start, "time", clock)
    monkeypatch.setattr(database_there, "open_connection", world.open)
    return StepContext(migration, Lines(), Unattended(), ticking=lambda _tick: nullcontext())


def test_traveler_that_answers_is_started_once(context: StepContext, world: World) -> None:
    assert "Traveler runs on" in start.run(context)
    assert world.told == ["start"]


def test_a_start_that_failed_while_the_database_was_away_needs_no_person(
    context: StepContext, world: World
) -> None:
    world.failures = 1
    assert "Traveler runs on" in start.run(context)
    assert world.told == ["start", "stop", "start"]


def test_a_database_that_is_still_away_is_waited_for(
    context: StepContext, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.database = DatabasePortClosed()
    with pytest.raises(DatabasePortClosed):
        start.run(context)

    def wait(_context: StepContext, seconds: float) -> bool:
        world.database = None
        return True

    monkeypatch.setattr(StepContext, "wait", wait)
    assert "Traveler runs on" in outlast(lambda: start.run(context), context)
    assert world.told == ["start", "stop", "start"]


def test_a_start_that_fails_though_the_database_is_there_is_a_person_s(
    context: StepContext, world: World
) -> None:
    world.failures = 2
    with pytest.raises(StepFailed, match="Traveler does not answer"):
        start.run(context)
    assert world.told == ["start", "stop", "start"]
