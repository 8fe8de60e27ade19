"""A lab enrolled in the console, for migrations from end to end; and no broker unless a test has
one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from pytest_django.fixtures import Settings

from console.accounts.models import User
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from migrations_ui.models import Migration
from migrations_ui.services.migrations import create_migration
from pools.lab.enrolment import enroll_lab
from pools.models import Pool, Server
from pools.services.schedules import ensure_schedules
from tests.factories import UserFactory
from tests.lab_fixture import RunningLab, running_lab
from tests.migrations_ui.worker_processes import CeleryProcesses


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the services ask of the workers: (task, id), instead of a broker."""
    asked: list[tuple[str, int]] = []

    def send_task(app: Celery, task: str, args: list[int], **options: object) -> None:
        asked.append((task, args[0]))

    monkeypatch.setattr(Celery, "send_task", send_task)
    return asked


@pytest.fixture(scope="session")
def shared_work_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the session: the Derby reader is compiled once; runs have their own folders."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def work_directory(shared_work_directory: Path, settings: Settings) -> Path:
    """Where workers keep backups, private copies and the compiled reader."""
    settings.LIFEGUARD_WORK_DIR = shared_work_directory
    return shared_work_directory


@pytest.fixture
def administrator(transactional_db: None) -> User:
    return UserFactory()


@pytest.fixture
def lab(
    tmp_path: Path, postgresql: EmbeddedPostgreSQL, administrator: User
) -> Iterator[RunningLab]:
    """A pool of one server and a standalone server with some thousand rows, both enrolled."""
    with running_lab(tmp_path, postgresql, hosts=["trav1", "trav4"]) as running:
        enroll_lab(running.directory)
        yield running


@pytest.fixture
def draft(lab: RunningLab, work_directory: Path, administrator: User) -> Migration:
    """The standalone server's migration, drafted."""
    return create_migration(
        Server.objects.get(domino_name="CN=trav4/O=Acme"),
        Pool.objects.get(),
        actor=administrator,
        drain_seconds=0,
    )


@pytest.fixture
def celery(
    draft: Migration, redis: EmbeddedRedis, work_directory: Path, tmp_path: Path
) -> Iterator[CeleryProcesses]:
    ensure_schedules()
    with CeleryProcesses(
        redis_url=redis.url, work_directory=work_directory, log_directory=tmp_path
    ) as processes:
        yield processes
