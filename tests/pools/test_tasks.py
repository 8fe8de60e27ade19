"""Tasks are thin: ids in, one service call, viewers reported."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from structlog.testing import capture_logs

from console.supervision.ports import free_port
from pools import tasks
from pools.broadcast import channel
from pools.models import Reading, Server
from pools.states import Availability, OperationStatus
from tests.factories import (
    DatabaseConfigurationFactory,
    OperationFactory,
    PoolFactory,
    ServerFactory,
    TravelerUserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def reported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups whose viewers were reported."""
    groups: list[str] = []
    monkeypatch.setattr(channel, "send", groups.extend)
    return groups


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, int]]:
    """The tasks that a task hands on."""
    calls: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.sync_inventory, "delay", lambda **options: calls.append(options))
    for task in (tasks.check_database, tasks.try_new_password):
        monkeypatch.setattr(task, "delay", lambda pk: calls.append({"configuration_id": pk}))
    return calls


def test_every_task_goes_to_a_queue_of_its_own_kind() -> None:
    def queue_of(name: str) -> str:
        routes = settings.CELERY_TASK_ROUTES
        for pattern, route in routes.items():
            if name.startswith(pattern.rstrip("*")):
                return str(route["queue"])
        return str(settings.CELERY_TASK_DEFAULT_QUEUE)

    for name in ("sweep_health", "sweep_status", "sync_membership", "check_database"):
        assert queue_of(f"pools.tasks.{name}") == "checks"
    assert queue_of("pools.tasks.run_operation") == "operations"
    assert queue_of("pools.tasks.sync_user_details") == "operations"
    assert queue_of("pools.tasks.read_schema_level") == "operations"


def test_a_sweep_tells_the_viewers_of_what_it_read(reported: list[str]) -> None:
    pool = PoolFactory()
    server = ServerFactory(pool=pool, api_url=f"http://127.0.0.1:{free_port()}")

    with capture_logs() as logs:
        tasks.sweep_health()

    assert set(reported) == {"overview", f"pool-{pool.pk}", f"server-{server.pk}"}
    server.refresh_from_db()
    assert server.availability == Availability.UNAVAILABLE
    assert (logs[-1]["asked"], logs[-1]["answered"]) == (1, 0)


def test_one_pool_may_be_swept_alone() -> None:
    pool = PoolFactory()
    dead = f"http://127.0.0.1:{free_port()}"
    ServerFactory(pool=pool, api_url=dead)
    ServerFactory(api_url=dead)

    tasks.sweep_health(pool.pk)

    assert Reading.objects.count() == 1


def test_a_server_that_left_its_pool_is_asked_with_it() -> None:
    pool = PoolFactory()
    dead = f"http://127.0.0.1:{free_port()}"
    member, left = ServerFactory(pool=pool, api_url=dead), ServerFactory(api_url=dead)
    ServerFactory(api_url=dead)

    tasks.sweep_health(pool.pk, left.pk)

    asked = Reading.objects.order_by("server").values_list("server", flat=True)
    assert list(asked) == [member.pk, left.pk]


def test_one_server_may_be_asked_for_its_status_alone(reported: list[str]) -> None:
    one, _other = ServerFactory.create_batch(2, ssh_host="127.0.0.1", ssh_port=free_port())

    tasks.sweep_status(one.pk)

    assert f"server-{one.pk}" in reported
    failures = Server.objects.exclude(status_failure="").values_list("pk", flat=True)
    assert list(failures) == [one.pk]


def test_a_pool_that_cannot_be_read_stops_no_other(reported: list[str]) -> None:
    pools = PoolFactory.create_batch(2)
    tasks.sync_membership()
    assert {f"pool-{pool.pk}" for pool in pools} <= set(reported)
    for pool in pools:
        pool.refresh_from_db()
        assert pool.members_failure


def test_all_inventories_are_one_task_each(queued: list[dict[str, int]]) -> None:
    pool = PoolFactory()
    ServerFactory(pool=pool)
    alone = ServerFactory()

    tasks.sync_inventory()

    assert queued == [{"pool_id": pool.pk}, {"server_id": alone.pk}]


def test_an_inventory_that_fails_keeps_its_reason() -> None:
    pool = PoolFactory()
    alone = ServerFactory(api_url=f"http://127.0.0.1:{free_port()}")

    tasks.sync_inventory(pool_id=pool.pk)
    tasks.sync_inventory(server_id=alone.pk)

    pool.refresh_from_db()
    alone.refresh_from_db()
    assert pool.inventory_failure
    assert alone.inventory_failure


def test_a_user_whom_nobody_tells_of_keeps_the_reason_and_is_awaited_no_longer() -> None:
    alone = ServerFactory(ssh_host="127.0.0.1", ssh_port=free_port())
    user = TravelerUserFactory(server=alone, details_asked_at=timezone.now())

    with capture_logs() as logs:
        tasks.sync_user_details(user.pk)

    user.refresh_from_db()
    assert "127.0.0.1" in user.details_failure
    assert user.details_asked_at is None
    assert logs[-1]["event"] == "user not read"


def test_databases_of_pools_are_checked_one_task_each(queued: list[dict[str, int]]) -> None:
    pool = PoolFactory()
    DatabaseConfigurationFactory()
    tasks.check_databases()
    assert queued == [{"configuration_id": pool.database_id}]


def test_a_check_tells_the_viewers(reported: list[str]) -> None:
    configuration = DatabaseConfigurationFactory(host="no-such-host.invalid")
    tasks.check_database(configuration.pk)
    assert f"database-{configuration.pk}" in reported
    assert configuration.findings.get().check_id == "host"


def test_an_operation_is_reported_at_its_start_and_at_its_end(reported: list[str]) -> None:
    server = ServerFactory(ssh_host="127.0.0.1", ssh_port=free_port())
    operation = OperationFactory(server=server, status=OperationStatus.QUEUED)

    tasks.run_operation(operation.pk)

    assert reported.count(f"operation-{operation.pk}") == 2
    assert f"server-{server.pk}" in reported


def test_what_was_never_read_is_read_without_waiting_for_its_schedule(
    queued: list[dict[str, int]],
) -> None:
    pool, server = PoolFactory(), ServerFactory(pool=None)
    read = PoolFactory(inventory_seen_at=timezone.now(), database__checked_at=timezone.now())

    tasks.sync_unread()

    assert queued == [
        {"pool_id": pool.pk},
        {"server_id": server.pk},
        {"configuration_id": pool.database_id},
    ]
    assert read.pk not in [call.get("pool_id") for call in queued]


def test_the_try_of_a_new_password_whose_task_was_lost_is_made_again(
    queued: list[dict[str, int]],
) -> None:
    now = timezone.now()
    lost, waiting = (
        DatabaseConfigurationFactory(new_password="typed", new_password_at=now - age)
        for age in (timedelta(minutes=6), timedelta(minutes=4))
    )

    tasks.sync_unread()

    assert {"configuration_id": lost.pk} in queued
    assert {"configuration_id": waiting.pk} not in queued


def test_a_try_that_ends_in_an_unforeseen_error_is_reported_and_not_made_again(
    monkeypatch: pytest.MonkeyPatch, queued: list[dict[str, int]]
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError("typed")

    monkeypatch.setattr("pools.services.databases.run_checks", fail)
    long_ago = timezone.now() - timedelta(hours=1)
    row = DatabaseConfigurationFactory(new_password="typed", new_password_at=long_ago)

    tasks.try_new_password(row.pk)
    tasks.sync_unread()

    row.refresh_from_db()
    assert "unforeseen error" in row.new_password_failure
    assert "typed" not in row.new_password_failure
    assert {"configuration_id": row.pk} not in queued


def test_reading_a_level_keeps_the_reason_and_tells_the_viewers(reported: list[str]) -> None:
    configuration = DatabaseConfigurationFactory(host="127.0.0.1", port=free_port())
    tasks.read_schema_level(configuration.pk)
    configuration.refresh_from_db()
    assert "nothing listens" in configuration.schema_level_failure
    assert {f"database-{configuration.pk}", f"schema-{configuration.pk}"} <= set(reported)
