"""A POST with a key is done once, whatever happens to its answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import close_old_connections
from django.utils import timezone
from rest_framework.test import APIClient

from console.accounts.idempotency_keys import IdempotencyKey, purge_idempotency_keys
from console.accounts.models import User
from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus
from pools.models import AuditEntry, Login, Operation, Server
from pools.services.operations import queue_operation
from tests.factories import ServerFactory, UserFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]

OPERATIONS = "/api/v1/operations/"


@pytest.fixture
def client() -> APIClient:
    return client_of(UserFactory(username="admin"))


def client_of(person: User) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(person)
    return client


def post(client: APIClient, address: str, body: Any = None, *, key: str = "key-1") -> Any:
    return client.post(address, body, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_the_same_request_is_done_once_and_answered_alike(client: APIClient) -> None:
    body = {"server": ServerFactory().pk, "kind": "status"}
    first = post(client, OPERATIONS, body)
    again = post(client, OPERATIONS, dict(reversed(body.items())))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Operation.objects.count() == AuditEntry.objects.count() == 1


def test_a_migration_is_started_once(client: APIClient) -> None:
    migration = MigrationFactory(status=MigrationStatus.READY)
    address = f"/api/v1/migrations/{migration.pk}/start/"
    answers = [post(client, address) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    # Without a key the second one is refused.
    assert client.post(address).status_code == 409


def test_an_answer_without_a_body_is_repeated(client: APIClient) -> None:
    address = f"/api/v1/servers/{ServerFactory().pk}/try-logins/"
    answers = [post(client, address) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 2


def test_the_same_key_with_another_request_is_refused(client: APIClient) -> None:
    server = ServerFactory()
    post(client, OPERATIONS, {"server": server.pk, "kind": "status"})
    for address, body in (
        (OPERATIONS, {"server": server.pk, "kind": "db_show"}),
        (f"/api/v1/servers/{server.pk}/try-logins/", {"server": server.pk, "kind": "status"}),
    ):
        refused = post(client, address, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
        assert refused.json()["next_step"]
    assert Operation.objects.count() == 1


def test_a_key_is_one_persons_own(client: APIClient) -> None:
    body = {"server": ServerFactory().pk, "kind": "status"}
    post(client, OPERATIONS, body)
    assert (
        post(client_of(UserFactory()), OPERATIONS, body).json()["id"]
        != (post(client, OPERATIONS, body).json()["id"])
    )


def test_whoever_may_not_ask_learns_nothing(client: APIClient) -> None:
    body = {"server": ServerFactory().pk, "kind": "status"}
    person = UserFactory(helpdesk=True)
    assert post(client_of(person), OPERATIONS, body).status_code == 403
    assert not IdempotencyKey.objects.exists()


def test_what_was_refused_may_be_sent_again_with_its_key(client: APIClient) -> None:
    migration = MigrationFactory(status=MigrationStatus.DRAFT)
    address = f"/api/v1/migrations/{migration.pk}/start/"
    assert post(client, address).status_code == 409
    Migration.objects.update(status=MigrationStatus.READY)
    assert post(client, address).status_code == 202


def test_a_request_that_failed_has_done_nothing_and_may_be_sent_again(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"server": ServerFactory().pk, "kind": "status"}
    with monkeypatch.context() as broken:
        broken.setattr("pools.api.operations.OperationSerializer", None)
        assert post(client, OPERATIONS, body).status_code == 500
    assert not Operation.objects.exists()
    assert post(client, OPERATIONS, body).status_code == 201


def test_while_the_first_is_in_progress_the_second_is_refused(client: APIClient) -> None:
    body = {"server": ServerFactory().pk, "kind": "status"}
    post(client, OPERATIONS, body)
    IdempotencyKey.objects.update(status=None)
    refused = post(client, OPERATIONS, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "request_in_progress")

    # One that was cut off has done nothing, and blocks nobody for long.
    IdempotencyKey.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    assert post(client, OPERATIONS, body).status_code == 201


def test_whoever_was_taken_over_writes_nothing(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(server: Server, **options: Any) -> Operation:
        IdempotencyKey.objects.update(started_at=timezone.now() + timedelta(seconds=1))
        return queue_operation(server, **options)

    monkeypatch.setattr("pools.api.operations.queue_operation", slow)
    body = {"server": ServerFactory().pk, "kind": "status"}
    assert post(client, OPERATIONS, body).status_code == 409
    assert not Operation.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ü"])
def test_a_key_that_is_none_is_refused(client: APIClient, key: str) -> None:
    refused = post(client, OPERATIONS, {"server": ServerFactory().pk, "kind": "status"}, key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")
    assert not Operation.objects.exists()


def test_no_secret_is_stored_with_a_key(client: APIClient) -> None:
    secret = "secret-of-a-request"
    post(client, "/api/v1/logins/", {"name": "New", "username": "x", "password": secret})
    assert Login.objects.get().password == secret
    (stored,) = IdempotencyKey.objects.values()
    assert secret not in str(stored)
    assert "key-1" not in str(stored)


def test_a_key_lasts_for_a_day(client: APIClient) -> None:
    body = {"server": ServerFactory().pk, "kind": "status"}
    post(client, OPERATIONS, body)
    assert purge_idempotency_keys() == 0
    IdempotencyKey.objects.update(started_at=timezone.now() - timedelta(hours=25))
    assert post(client, OPERATIONS, body).status_code == 201
    assert Operation.objects.count() == 2
    assert purge_idempotency_keys(timezone.now() + timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_one_is_done() -> None:
    person = UserFactory()
    body = {"server": ServerFactory().pk, "kind": "status"}

    def send(_number: int) -> int:
        try:
            return int(post(client_of(person), OPERATIONS, body).status_code)
        finally:
            close_old_connections()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))

    assert Operation.objects.count() == 1
    assert 201 in answers
    assert set(answers) <= {201, 409}
