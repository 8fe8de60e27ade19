"""What the API shows: the right rows, no secret, and few queries for any number of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from console.api.paging import Pages
from pools.models import AuditEntry, Operation
from tests.factories import (
    AuditEntryFactory,
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    DatabaseFindingFactory,
    DeviceFactory,
    LoginFactory,
    OperationFactory,
    PoolFactory,
    PoolMemberFactory,
    ReadingFactory,
    ServerFactory,
    StatusChangeFactory,
    TravelerUserFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory(username="admin"))
    return client


def results(client: APIClient, path: str) -> list[dict[str, Any]]:
    response = client.get(path)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def test_membership_has_its_age_and_failure(client: APIClient) -> None:
    pool = PoolFactory(members_seen_at=timezone.now(), members_failure="trav9 is down")
    PoolMemberFactory(pool=pool, domino_name="CN=trav1/O=Acme", alive=None)

    shown = client.get(f"/api/v1/pools/{pool.pk}/membership/").json()

    assert shown["failure"] == "trav9 is down"
    assert shown["seen_at"]
    assert shown["members"][0]["domino_name"] == "CN=trav1/O=Acme"
    assert shown["members"][0]["alive"] is None


def test_servers_keep_the_four_values_apart(client: APIClient) -> None:
    server = ServerFactory(busy=True)
    shown = client.get(f"/api/v1/servers/{server.pk}/").json()
    assert shown["availability"] == "available"
    assert shown["availability_index"] == -12
    assert shown["overall_status"] == "yellow"
    assert shown["constrained"] is True
    assert len(shown["reasons"]) == 1
    assert shown["is_stale"] is False


def test_lists_are_narrowed_by_their_parameters(client: APIClient) -> None:
    pool = PoolFactory()
    pooled = ServerFactory(pool=pool)
    alone = ServerFactory()
    retired = ServerFactory(retired_at=timezone.now())

    def ids(path: str) -> set[int]:
        return {row["id"] for row in results(client, path)}

    assert ids(f"/api/v1/servers/?pool={pool.pk}") == {pooled.pk}
    assert ids("/api/v1/servers/?standalone=true&retired=false") == {alone.pk}
    assert ids("/api/v1/servers/?retired=true") == {retired.pk}
    for number in ("first", "9" * 30, "9" * 5000):
        wrong = client.get(f"/api/v1/servers/?pool={number}")
        assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["pool"])


def test_nobody_gets_more_at_once_than_the_most(client: APIClient) -> None:
    ServerFactory()
    assert len(results(client, f"/api/v1/servers/?limit={10**30}")) == 1
    for beyond in (10**30, -(10**30)):
        assert client.get(f"/api/v1/servers/?pool={beyond}").status_code == 400
    assert Pages.max_limit == 1000


def test_readings_and_changes_are_the_newest_first(client: APIClient) -> None:
    server = ServerFactory()
    for index in (1, 2):
        ReadingFactory(server=server, availability_index=index)
    StatusChangeFactory(server=server)
    readings = results(client, f"/api/v1/servers/{server.pk}/readings/?limit=1")
    assert [row["availability_index"] for row in readings] == [2]
    assert results(client, f"/api/v1/servers/{server.pk}/changes/")[0]["new"] == "unavailable"


def test_a_user_is_shown_with_devices(client: APIClient) -> None:
    device = DeviceFactory()
    shown = client.get(f"/api/v1/users/{device.user.pk}/").json()
    assert [row["device_id"] for row in shown["devices"]] == [device.device_id]
    assert "devices" not in results(client, "/api/v1/users/")[0]


def test_no_answer_holds_a_secret(client: APIClient) -> None:
    server = ServerFactory()
    DatabaseFindingFactory(database=DatabaseConfigurationFactory())
    paths = (
        "/api/v1/databases/",
        "/api/v1/servers/",
        f"/api/v1/servers/{server.pk}/",
        "/api/v1/pools/",
    )
    for path in paths:
        text = client.get(path).content.decode()
        assert "secret-of" not in text
        assert "password" not in text


def test_an_operation_is_started_and_read_with_its_lines(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_kwargs: None)
    server = ServerFactory()

    made = client.post(
        "/api/v1/operations/", {"server": server.pk, "kind": "status"}, format="json"
    )

    assert made.status_code == 201
    operation = Operation.objects.get()
    assert made.json()["status"] == "queued"
    assert operation.actor.username == "admin"
    operation.lines.create(position=1, text="HCL Traveler overall status is GREEN.")
    shown = client.get(f"/api/v1/operations/{operation.pk}/").json()
    assert shown["lines"] == ["HCL Traveler overall status is GREEN."]


@pytest.mark.parametrize(
    "body", [{}, {"server": 4711, "kind": "status"}, {"kind": "status"}, {"kind": "format_c"}]
)
def test_a_wrong_request_starts_nothing(client: APIClient, body: dict[str, object]) -> None:
    assert client.post("/api/v1/operations/", body, format="json").status_code == 400
    assert not Operation.objects.exists()


def test_nothing_is_run_on_a_retired_server(client: APIClient) -> None:
    server = ServerFactory(retired_at=timezone.now())
    body = {"server": server.pk, "kind": "status"}
    assert client.post("/api/v1/operations/", body, format="json").status_code == 400


def test_a_check_is_asked_for_in_the_persons_name(client: APIClient) -> None:
    database = DatabaseConfigurationFactory()
    assert client.post(f"/api/v1/databases/{database.pk}/check/").status_code == 202
    entry = AuditEntry.objects.get()
    assert (entry.actor and entry.actor.username, entry.action) == ("admin", "check_database")


def test_a_server_is_asked_about_a_user(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(current_app, "send_task", lambda _name, args, **_rest: asked.append(args))
    person = TravelerUserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            answer = client.post(f"/api/v1/users/{person.pk}/refresh/")
            assert (answer.status_code, answer.json()["id"]) == (202, person.pk)
    assert asked == [[person.pk]]


def test_the_look_up_answers_typed_and_ranked(client: APIClient) -> None:
    device = DeviceFactory(
        user=TravelerUserFactory(name="CN=Ada/O=Acme", name_key="ada/acme"), id_key="ada-1"
    )
    shown = client.get("/api/v1/lookup/?q=ada").json()
    assert [(row["kind"], row["closeness"]) for row in shown] == [
        ("user", "prefix"),
        ("device", "prefix"),
    ]
    assert shown[1]["device"]["id"] == device.pk
    assert shown[1]["user"]["name"] == "CN=Ada/O=Acme"
    assert client.get("/api/v1/lookup/").status_code == 400
    assert client.get("/api/v1/lookup/?q=a&limit=5000").status_code == 400


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/api/v1/pools/", PoolFactory),
        ("/api/v1/servers/", lambda: ServerFactory(pool=PoolFactory())),
        ("/api/v1/users/", lambda: TravelerUserFactory(master_server=ServerFactory())),
        ("/api/v1/devices/", DeviceFactory),
        ("/api/v1/databases/", DatabaseFindingFactory),
        ("/api/v1/logins/", LoginFactory),
        ("/api/v1/profiles/", CommandProfileFactory),
        ("/api/v1/operations/", OperationFactory),
        ("/api/v1/audit/", AuditEntryFactory),
    ],
)
def test_a_list_takes_few_queries(
    client: APIClient,
    path: str,
    make: Callable[[], object],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(12):
        make()
    with django_assert_max_num_queries(4):
        assert len(results(client, path)) == 12


def test_a_pools_mean_index_leaves_drained_servers_out(client: APIClient) -> None:
    pool = PoolFactory()
    for index in (90, -200, None, 80):
        ServerFactory(pool=pool, availability_index=index)
    ServerFactory(pool=pool, availability_index=0, retired_at=timezone.now())

    assert client.get(f"/api/v1/pools/{pool.pk}/").json()["mean_availability_index"] == 85
