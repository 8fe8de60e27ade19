"""Operations: queued with the row, run once, their output kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from console.supervision.ports import free_port
from pools.models import AuditEntry, Operation
from pools.services import operations
from pools.services.operations import (
    LONGEST,
    RUNNERS,
    fail_lost_operations,
    queue_operation,
    run_operation,
)
from pools.states import OperationKind, OperationStatus
from tests.factories import OperationFactory, ServerFactory, UserFactory
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import console_answers, ssh_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """What was handed to the queue."""
    tasks: list[tuple[str, list[int]]] = []

    def send_task(name: str, *, args: list[int], retry: bool) -> None:
        tasks.append((name, args))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return tasks


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Operation]:
    """The operations whose viewers were notified, in order."""
    found: list[Operation] = []
    monkeypatch.setattr(operations, "announce_operation", found.append)
    return found


def test_every_kind_can_be_run() -> None:
    assert set(RUNNERS) == set(OperationKind)


def test_the_task_follows_the_commit(
    sent: list[tuple[str, list[int]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    person, server = UserFactory(), ServerFactory()
    with django_capture_on_commit_callbacks(execute=True):
        operation = queue_operation(server, kind=OperationKind.STATUS, actor=person)
        assert sent == []

    assert sent == [("pools.tasks.run_operation", [operation.pk])]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.target) == (person, "run_status", str(server))


def test_without_a_queue_the_operation_fails_with_advice(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def no_broker(*_arguments: object, **_options: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(current_app, "send_task", no_broker)
    with django_capture_on_commit_callbacks(execute=True):
        operation = queue_operation(ServerFactory(), kind=OperationKind.STATUS, actor=UserFactory())

    operation.refresh_from_db()
    assert operation.status == OperationStatus.FAILED
    assert "Redis" in operation.failure


def test_what_the_console_prints_is_kept_in_order(
    host: SshHost, announced: list[Operation]
) -> None:
    operation = OperationFactory(
        server=ssh_server(host), kind=OperationKind.DRAIN, status=OperationStatus.QUEUED
    )
    console_answers(host, "tell traveler available off", "first", "second")

    run_operation(operation.pk)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.SUCCEEDED
    assert [line.text for line in operation.lines.all()] == ["first", "second"]
    assert operation.started_at is not None
    assert operation.finished_at is not None
    assert announced == [operation, operation], "when it began and when it ended"


def test_a_failed_check_of_the_database_keeps_its_lines(host: SshHost) -> None:
    operation = OperationFactory(
        server=ssh_server(host), kind=OperationKind.DB_CHECK, status=OperationStatus.QUEUED
    )
    host.program("travelerUtil", "echo 'Connection refused'; exit 1")

    run_operation(operation.pk)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.FAILED
    assert "cannot use its database" in operation.failure
    assert [line.text for line in operation.lines.all()] == ["Connection refused"]


def test_the_database_setting_is_shown_without_its_password(host: SshHost) -> None:
    operation = OperationFactory(
        server=ssh_server(host), kind=OperationKind.DB_SHOW, status=OperationStatus.QUEUED
    )
    host.program(
        "travelerUtil",
        "echo 'URL: jdbc:db2://db:50000/TRAVELER'; echo 'User: lnt'; echo 'Password: hunter2'",
    )

    run_operation(operation.pk)

    lines = [line.text for line in operation.lines.all()]
    assert lines == ["URL: jdbc:db2://db:50000/TRAVELER", "User: lnt"]


def test_an_unreachable_host_is_a_failure_with_the_reason() -> None:
    server = ServerFactory(ssh_host="127.0.0.1", ssh_port=free_port())
    operation = OperationFactory(server=server, status=OperationStatus.QUEUED)

    run_operation(operation.pk)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.FAILED
    assert "127.0.0.1" in operation.failure


def test_a_lost_worker_is_reported_and_the_command_is_not_repeated(host: SshHost) -> None:
    operation = OperationFactory(server=ssh_server(host), status=OperationStatus.RUNNING)

    run_operation(operation.pk)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.FAILED
    assert "worker was lost" in operation.failure
    assert host.commands == []


def test_a_finished_operation_is_left_alone(host: SshHost) -> None:
    operation = OperationFactory(server=ssh_server(host), status=OperationStatus.SUCCEEDED)

    run_operation(operation.pk)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.SUCCEEDED
    assert host.commands == []


def test_an_unforeseen_error_ends_the_operation_too(
    host: SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_server: object, _shell: object) -> list[str]:
        raise ZeroDivisionError

    operation = OperationFactory(
        server=ssh_server(host), kind=OperationKind.STATUS, status=OperationStatus.QUEUED
    )
    monkeypatch.setitem(RUNNERS, OperationKind.STATUS, stumble)

    run_operation(operation.pk)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.FAILED
    assert "ZeroDivisionError" in operation.failure


def test_what_runs_longer_than_any_command_has_lost_its_worker(
    announced: list[Operation],
) -> None:
    now = timezone.now()
    lost, busy = (
        OperationFactory(status=OperationStatus.RUNNING, started_at=now - age)
        for age in (LONGEST + timedelta(minutes=1), LONGEST / 2)
    )

    assert fail_lost_operations() == 1

    assert announced == [lost]
    lost.refresh_from_db()
    busy.refresh_from_db()
    assert lost.status == OperationStatus.FAILED
    assert "worker was lost" in lost.failure
    assert busy.status == OperationStatus.RUNNING
