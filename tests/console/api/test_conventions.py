"""What holds for every endpoint: problem details, paging, filters, ordering, ETags."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from migrations_ui.states import MigrationStatus
from pools.models import DatabaseConfiguration, Login, TravelerUser
from tests.factories import (
    AuditEntryFactory,
    DatabaseConfigurationFactory,
    LoginFactory,
    PoolFactory,
    ReadingFactory,
    ServerFactory,
    TravelerUserFactory,
    UserFactory,
)
from tests.migrations_ui.factories import MigrationFactory, RejectFactory

pytestmark = pytest.mark.django_db

MEMBERS = ["type", "title", "status", "code", "detail", "next_step"]


@pytest.fixture
def client() -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(UserFactory(username="admin"))
    return client


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The body, once it is known to be a problem of that kind."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert list(body)[: len(MEMBERS)] == MEMBERS
    assert all(str(body[name]) for name in MEMBERS)
    assert (body["status"], body["code"]) == (status, code)
    return body


def test_a_field_at_fault_is_named(client: APIClient) -> None:
    body = problem(client.post("/api/v1/operations/", {}), 400, "validation_failed")
    assert list(body["errors"]) == ["server", "kind"]
    assert body["detail"] == "server: This field is required."


def test_a_fault_deep_in_the_body_is_named_by_its_path(client: APIClient) -> None:
    requested = {"kind": "repair", "mismatches": [1, "x"]}
    address = f"/api/v1/migrations/{MigrationFactory().pk}/verification/"
    body = problem(client.post(address, requested, format="json"), 400, "validation_failed")
    assert body["errors"] == {"mismatches": {"1": ["A valid integer is required."]}}
    assert body["detail"] == "mismatches.1: A valid integer is required."


def test_what_a_service_refuses_says_what_to_do_next(client: APIClient) -> None:
    server = ServerFactory(pool=PoolFactory())
    requested = {"server": server.pk, "pool": server.pool_id}
    body = problem(client.post("/api/v1/migrations/", requested), 409, "action_refused")
    assert "already belongs to" in body["detail"]
    assert body["actions"] == []


@pytest.mark.usefixtures("queued")
def test_a_busy_pool_has_a_code_of_its_own(client: APIClient) -> None:
    first = MigrationFactory(status=MigrationStatus.READY)
    second = MigrationFactory(status=MigrationStatus.READY, pool=first.pool)
    client.post(f"/api/v1/migrations/{first.pk}/start/")
    body = problem(client.post(f"/api/v1/migrations/{second.pk}/start/"), 409, "pool_busy")
    assert body["held_by"] == first.pk
    assert "Wait until the other migration ends" in body["next_step"]


def test_errors_of_the_framework_are_problems_as_well(client: APIClient) -> None:
    problem(client.get("/api/v1/servers/4711/"), 404, "not_found")
    problem(client.put("/api/v1/servers/"), 405, "method_not_allowed")
    broken = client.generic("POST", "/api/v1/logins/", "{", "application/json")
    problem(broken, 400, "parse_error")
    text = client.generic("POST", "/api/v1/logins/", "x", "text/plain")
    problem(text, 415, "unsupported_media_type")
    unknown = APIClient().get("/api/v1/servers/")
    problem(unknown, 401, "not_authenticated")
    assert unknown["WWW-Authenticate"].startswith("Token")
    helpdesk = APIClient()
    helpdesk.force_authenticate(UserFactory(helpdesk=True))
    problem(helpdesk.get("/api/v1/servers/"), 403, "permission_denied")


@pytest.mark.parametrize("address", ["/api/pools/", "/api/v1/no-such/", "/api/v2/pools/"])
def test_an_address_that_is_none_is_a_problem(address: str) -> None:
    assert "/api/v1/" in problem(Client().get(address), 404, "not_found")["detail"]


def test_a_fault_of_ours_is_a_problem_without_its_cause(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError("secret-of-ours")

    monkeypatch.setattr("pools.api.servers.ServerViewSet.get_queryset", fail)
    answer = client.get("/api/v1/servers/")
    problem(answer, 500, "server_error")
    assert "secret-of-ours" not in answer.content.decode()


def test_pages_by_cursor_skip_and_repeat_nothing_while_rows_are_added(client: APIClient) -> None:
    before = [TravelerUserFactory().pk for _ in range(5)]
    address, found = "/api/v1/users/?limit=2", []
    while address:
        page = client.get(address).json()
        found += [row["id"] for row in page["results"]]
        TravelerUser.objects.filter(pk=found[0]).delete()
        if len(found) == 2:
            added = TravelerUserFactory().pk
        address = page["next"]
    assert found == [*before, added]
    assert "count" not in page


def test_the_newest_come_first_and_previous_leads_back(client: APIClient) -> None:
    made = [AuditEntryFactory().pk for _ in range(3)]
    first = client.get("/api/v1/audit/?limit=2").json()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == made[::-1]
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD0tMQ==", "cD3CsgA=", "cD0" + "5OTk5" * 9])
def test_a_cursor_that_is_none_is_refused(client: APIClient, cursor: str) -> None:
    assert client.get("/api/v1/audit/", {"cursor": cursor}).status_code in {400, 404}


def test_a_parameter_that_a_list_does_not_have_is_refused_by_name(client: APIClient) -> None:
    reject = RejectFactory()
    of_migration = f"/api/v1/migrations/{reject.migration_id}"
    for address in (
        "/api/v1/servers/?pol=1&pool=1",
        "/api/v1/users/?pol=1",
        f"{of_migration}/rejects/?pol=1",
        f"{of_migration}/verifications/?pol=1",
        f"/api/v1/servers/{ServerFactory().pk}/readings/?pol=1",
    ):
        body = problem(client.get(address), 400, "validation_failed")
        assert list(body["errors"]) == ["pol"], address
        assert "limit" in body["errors"]["pol"][0]
    assert client.get(f"{of_migration}/?pol=1").status_code == 200


def test_a_filter_that_cannot_be_read_is_refused(client: APIClient) -> None:
    for address in ("/api/v1/users/?present=perhaps", "/api/v1/migrations/?status=lost"):
        body = problem(client.get(address), 400, "validation_failed")
        assert list(body["errors"]) == [address.partition("?")[2].partition("=")[0]]


def test_lists_below_an_object_have_filters_of_their_own(client: APIClient) -> None:
    now = timezone.now()
    server = ServerFactory()
    for days in (3, 1):
        ReadingFactory(server=server, users=days, taken_at=now - timedelta(days=days))
    since = (now - timedelta(days=2)).isoformat()
    found = client.get(f"/api/v1/servers/{server.pk}/readings/", {"since": since}).json()
    assert [row["users"] for row in found["results"]] == [1]
    reject = RejectFactory(table="devices")
    address = f"/api/v1/migrations/{reject.migration_id}/rejects/"
    assert client.get(address, {"table": "devices"}).json()["results"]
    assert not client.get(address, {"table": "others"}).json()["results"]


def test_a_list_is_ordered_by_what_it_names(client: APIClient) -> None:
    for name in ("B", "A", "C"):
        LoginFactory(name=name)
    rows = client.get("/api/v1/logins/?ordering=-name").json()["results"]
    assert [row["name"] for row in rows] == ["C", "B", "A"]
    body = problem(client.get("/api/v1/logins/?ordering=password"), 400, "validation_failed")
    assert "name" in body["errors"]["ordering"][0]


def test_a_change_of_what_was_read_before_is_refused(client: APIClient) -> None:
    login = LoginFactory(name="Domino", username="notes")
    address = f"/api/v1/logins/{login.pk}/"
    read = client.get(address)["ETag"]
    first = client.patch(address, {"username": "a"}, format="json", HTTP_IF_MATCH=read)
    assert (first.status_code, first["ETag"]) == (200, client.get(address)["ETag"])
    assert first["ETag"] != read

    second = client.patch(address, {"username": "b"}, format="json", HTTP_IF_MATCH=read)
    problem(second, 412, "precondition_failed")
    assert Login.objects.get().username == "a"
    for match in (first["ETag"], f'"x", {first["ETag"]}', "*"):
        again = client.patch(address, {"username": "a"}, format="json", HTTP_IF_MATCH=match)
        assert again.status_code == 200
    assert client.patch(address, {"username": "d"}, format="json").status_code == 200


def test_a_new_secret_is_another_version_and_a_measured_value_is_not(client: APIClient) -> None:
    login, server = LoginFactory(), ServerFactory()
    addresses = [f"/api/v1/logins/{login.pk}/", f"/api/v1/servers/{server.pk}/"]
    before = [client.get(address)["ETag"] for address in addresses]
    _new_secret(login)
    server.users = 99
    server.save()
    after = [client.get(address)["ETag"] for address in addresses]
    assert after[0] != before[0]
    assert after[1] == before[1]


def _new_secret(row: Login | DatabaseConfiguration) -> None:
    type(row).objects.filter(pk=row.pk).update(password="secret-of-tomorrow")


def test_a_new_object_and_one_that_only_reads_have_an_etag(client: APIClient) -> None:
    made = client.post("/api/v1/logins/", {"name": "New", "username": "x", "password": "secret"})
    assert made["ETag"] == client.get(f"/api/v1/logins/{made.json()['id']}/")["ETag"]
    migration = MigrationFactory()
    address = f"/api/v1/migrations/{migration.pk}/"
    before = client.get(address)["ETag"]
    migration.rows_per_second = 5
    migration.save()
    assert client.get(address)["ETag"] != before


def test_a_database_whose_secret_was_changed_meanwhile_keeps_its_change(client: APIClient) -> None:
    database = DatabaseConfigurationFactory()
    address = f"/api/v1/databases/{database.pk}/"
    read = client.get(address)["ETag"]
    _new_secret(database)
    answer = client.patch(address, {"schema_mode": "manual"}, format="json", HTTP_IF_MATCH=read)
    problem(answer, 412, "precondition_failed")
