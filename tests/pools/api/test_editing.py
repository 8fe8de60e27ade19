"""Entering and changing rows over REST: what the page's form refuses is refused here too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from celery import current_app
from django.db.models import Model
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from pools.databases.engines import ENGINES
from pools.models import AuditEntry, DatabaseConfiguration, Login, Operation, Pool, Server
from tests.factories import (
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    LoginFactory,
    PoolFactory,
    ServerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DATABASE = {
    "name": "Acme EU",
    "engine": "postgresql",
    "host": "db.acme.example",
    "port": 5432,
    "database_name": "traveler",
    "username": "lntuser",
    "password": "secret-of-a-request",
}
WILD: list[Any] = [
    None,
    "",
    "x" * 5000,
    "\x00",
    "\ud800",
    -1,
    10**30,
    1.5,
    True,
    [],
    {},
    [1],
    {"a": 1},
]


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory(username="admin"))
    return client


def post(client: APIClient, path: str, body: object) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def patch(client: APIClient, path: str, body: object) -> Any:
    return client.patch(path, json.dumps(body), content_type="application/json")


def server_request(**more: Any) -> dict[str, Any]:
    login = LoginFactory()
    return {
        "domino_name": "CN=trav4/O=Acme",
        "profile": CommandProfileFactory().pk,
        "ssh_host": "trav4.acme.example",
        "ssh_login": login.pk,
        "api_url": "trav4.acme.example",
        "api_login": login.pk,
        "login_passwords": {login.name: login.password},
    } | more


def test_a_database_is_entered_in_the_persons_name_and_its_password_stays_here(
    client: APIClient,
) -> None:
    answer = post(client, "/api/v1/databases/", DATABASE | {"schema_mode": "manual"})
    assert answer.status_code == 201
    row = DatabaseConfiguration.objects.get()
    assert answer.json()["id"] == row.pk
    assert (row.password, row.schema_mode) == ("secret-of-a-request", "manual")
    entry = AuditEntry.objects.get()
    assert (entry.actor and entry.actor.username, entry.action) == ("admin", "create_database")
    shown = answer.content.decode() + client.get(f"/api/v1/databases/{row.pk}/").content.decode()
    for reported in (shown, entry.detail, entry.target):
        assert "secret-of" not in reported
        assert "password" not in reported


def values_of(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_change_changes_what_is_given_and_nothing_else(client: APIClient) -> None:
    row = DatabaseConfigurationFactory(checked=True, schema="LNT")
    before = values_of(row)

    answer = patch(client, f"/api/v1/databases/{row.pk}/", {"schema_mode": "manual"})

    assert (answer.status_code, answer.json()["schema_mode"]) == (200, "manual")
    row.refresh_from_db()
    assert values_of(row) == before | {"schema_mode": "manual"}
    assert AuditEntry.objects.get().detail == "schema_mode: automatic → manual"


def test_a_password_is_changed_and_an_empty_one_is_none(client: APIClient) -> None:
    row = DatabaseConfigurationFactory()
    address = f"/api/v1/databases/{row.pk}/"
    assert list(patch(client, address, {"password": ""}).json()["errors"]) == ["password"]
    answer = patch(client, address, {"password": "secret-of-a-request", "untested": True})
    row.refresh_from_db()
    assert row.password == "secret-of-a-request"
    assert "secret-of" not in answer.content.decode() + AuditEntry.objects.get().detail


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"port": 0}, "from 1 to 65535"),
        ({"port": 70_000}, "from 1 to 65535"),
        ({"engine": "oracle"}, "oracle"),
        ({"schema_mode": "by magic"}, "by magic"),
        ({"name": "Taken"}, "has this name"),
        ({"password": None}, "null"),
        ({"reachable": True}, "not taken here"),
        ({"id": 4711}, "not taken here"),
        ({"checked_at": "2026-11-26T00:00:00Z"}, "not taken here"),
    ],
)
def test_what_will_not_do_is_refused_by_name(
    client: APIClient, wrong: dict[str, Any], why: str
) -> None:
    DatabaseConfigurationFactory(name="Taken")
    row = DatabaseConfigurationFactory()
    for answer in (
        post(client, "/api/v1/databases/", DATABASE | wrong),
        patch(client, f"/api/v1/databases/{row.pk}/", wrong),
    ):
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
        assert why in answer.content.decode()
    assert DatabaseConfiguration.objects.count() == 2
    assert not AuditEntry.objects.exists()


def test_further_jdbc_properties_and_tables_left_as_they_are_are_said_over_rest(
    client: APIClient,
) -> None:
    row = DatabaseConfigurationFactory(engine="sqlserver")
    address = f"/api/v1/databases/{row.pk}/"
    wanted = {"schema_mode": "existing", "jdbc_properties": "multiSubnetFailover=true"}
    wanted["password"] = "secret-of-a-database"
    shown = patch(client, address, wanted).json()
    assert (shown["schema_mode"], shown["schema_level"]["state"]) == ("existing", "left")
    assert shown["jdbc_url"].endswith(";multiSubnetFailover=true")

    refused = patch(client, address, {"jdbc_properties": "trustStorePassword=hush-hush"})
    assert refused.status_code == 400
    assert "no place here" in refused.json()["errors"]["jdbc_properties"][0]
    assert "hush-hush" not in refused.content.decode()


def test_an_engine_whose_driver_is_missing_is_refused_with_the_line_that_brings_it(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = DatabaseConfigurationFactory(engine="db2")
    missing = frozenset(ENGINES["db2"].drivers)
    monkeypatch.setattr("pools.databases.engine._importable", lambda module: module not in missing)

    refused = post(client, "/api/v1/databases/", DATABASE | {"engine": "db2"})
    assert refused.status_code == 400
    assert ENGINES["db2"].install in refused.json()["errors"]["engine"][0]
    # One that is there already may be renamed all the same.
    assert patch(client, f"/api/v1/databases/{stored.pk}/", {"name": "Db2"}).status_code == 200

    listed = {each["engine"]: each for each in client.get("/api/v1/engines/").json()}
    assert set(listed) == set(ENGINES)
    assert ENGINES["db2"].install in listed["db2"]["why_not"]
    assert listed["db2"]["install"] == ENGINES["db2"].install
    assert listed["postgresql"]["why_not"] == ""
    assert listed["db2"]["minimums"][0]["version"]


def test_a_pool_is_entered_renamed_and_put_on_another_database(client: APIClient) -> None:
    first, second = DatabaseConfigurationFactory(), DatabaseConfigurationFactory()
    wanted = {"name": "Acme EU", "external_url": "traveler.acme.example", "database": first.pk}
    made = post(client, "/api/v1/pools/", wanted)
    assert made.status_code == 201
    assert made.json()["external_url"] == "https://traveler.acme.example"
    address = f"/api/v1/pools/{made.json()['id']}/"
    answer = patch(
        client, address, {"name": "Europe", "database": second.pk, "heartbeat_seconds": 90}
    )
    assert answer.status_code == 200
    pool = Pool.objects.get()
    assert (pool.name, pool.slug, pool.database) == ("Europe", "acme-eu", second)
    assert pool.heartbeat_seconds == 90
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
        "create_pool",
        "update_pool",
    ]


def test_no_two_pools_share_a_database(client: APIClient) -> None:
    taken = PoolFactory().database
    other = PoolFactory()
    wanted = {"name": "Third", "external_url": "https://t.acme.example", "database": taken.pk}
    for answer in (
        post(client, "/api/v1/pools/", wanted),
        patch(client, f"/api/v1/pools/{other.pk}/", {"database": taken.pk}),
    ):
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["database"])


def test_a_server_is_entered_and_changed(client: APIClient) -> None:
    made = post(client, "/api/v1/servers/", server_request(bits=64))
    assert made.status_code == 201
    server = Server.objects.get()
    assert (server.ssh_port, server.bits, server.pool) == (22, 64, None)
    assert server.api_url == "https://trav4.acme.example"
    address = f"/api/v1/servers/{server.pk}/"
    answer = patch(client, address, {"bits": None, "note": "Migrations on Sunday."})
    assert (answer.status_code, answer.json()["bits"]) == (200, None)
    assert answer.json()["note"] == "Migrations on Sunday."


def test_only_a_migration_brings_a_known_server_into_a_pool(client: APIClient) -> None:
    pool = PoolFactory()
    server = ServerFactory()
    refused = patch(client, f"/api/v1/servers/{server.pk}/", {"pool": pool.pk})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["pool"])
    made = post(client, "/api/v1/servers/", server_request(pool=pool.pk))
    assert (made.status_code, made.json()["pool"]) == (201, pool.pk)


def test_a_servers_name_is_whole_and_its_own(client: APIClient) -> None:
    short = post(client, "/api/v1/servers/", server_request(domino_name="trav4"))
    assert "CN=trav4/O=Acme" in short.json()["errors"]["domino_name"][0]
    assert post(client, "/api/v1/servers/", server_request()).status_code == 201
    again = post(client, "/api/v1/servers/", server_request(domino_name="cn=TRAV4/o=acme"))
    assert again.status_code == 409
    assert "is known already" in again.json()["detail"]
    assert Server.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "action"), [("retire", "retire_server"), ("forget-host-key", "trust_host_key")]
)
def test_what_is_done_slowly_wants_the_servers_name(
    client: APIClient, act: str, action: str
) -> None:
    server = ServerFactory(host_key="ssh-ed25519 AAAA")
    address = f"/api/v1/servers/{server.pk}/{act}/"
    wrong = post(client, address, {"typed_name": "another"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["typed_name"])
    assert not AuditEntry.objects.exists()
    assert post(client, address, {"typed_name": server.short_name}).status_code == 200
    assert client.get(f"/api/v1/audit/?action={action}").json()["results"][0]["actor"] == "admin"
    server.refresh_from_db()
    assert (server.retired_at is None) == (act != "retire")
    assert (server.host_key == "") == (act != "retire")


def test_a_server_is_superseded_by_its_name_only(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_kwargs: None)
    server = ServerFactory()
    wanted = {"server": server.pk, "kind": "drain"}
    for wrong in ({}, {"typed_name": "another"}):
        answer = post(client, "/api/v1/operations/", wanted | wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["typed_name"])
    assert not Operation.objects.exists()
    answer = post(client, "/api/v1/operations/", wanted | {"typed_name": server.short_name})
    assert answer.status_code == 201


def test_the_audit_is_narrowed_and_read_on(client: APIClient) -> None:
    for name in ("First", "Second"):
        post(
            client,
            "/api/v1/logins/",
            {"name": name, "username": "notes", "password": "secret-of-x"},
        )
    newest, oldest = client.get("/api/v1/audit/?actor=admin").json()["results"]
    assert (newest["target"], oldest["action"]) == ("Second", "create_login")
    later = client.get(f"/api/v1/audit/?after={oldest['id']}").json()["results"]
    assert [each["target"] for each in later] == ["Second"]
    assert client.get("/api/v1/audit/?action=wipe").json()["results"] == []
    assert client.get(f"/api/v1/audit/?after={10**30}").status_code == 400


def test_a_login_tells_with_what_it_signs_in_and_no_more(client: APIClient) -> None:
    wanted = {"name": "Domino", "username": "notes", "password": "secret-of-a-request"}
    made = post(client, "/api/v1/logins/", wanted)
    assert made.json()["signs_in_with"] == ["password"]
    assert "secret-of" not in made.content.decode()
    without = post(client, "/api/v1/logins/", {"name": "Nobody", "username": "notes"})
    assert (without.status_code, list(without.json()["errors"])) == (400, ["non_field_errors"])
    address = f"/api/v1/logins/{made.json()['id']}/"
    wrong = patch(client, address, {"private_key": "no key at all"})
    assert "not a private key" in wrong.json()["errors"]["private_key"][0]
    assert patch(client, address, {"username": "domino"}).status_code == 200
    assert Login.objects.get().password == "secret-of-a-request"


def test_a_profile_is_refused_a_placeholder_that_means_nothing(client: APIClient) -> None:
    made = post(client, "/api/v1/profiles/", {"name": "Linux"})
    assert made.json()["data_directory"]
    address = f"/api/v1/profiles/{made.json()['id']}/"
    wrong = patch(client, address, {"start_server": "{progam}/bin/server"})
    assert "{progam} means nothing here" in wrong.json()["errors"]["start_server"][0]


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/api/v1/databases/", DatabaseConfigurationFactory),
        ("/api/v1/pools/", PoolFactory),
        ("/api/v1/servers/", ServerFactory),
        ("/api/v1/logins/", LoginFactory),
        ("/api/v1/profiles/", CommandProfileFactory),
    ],
)
def test_whatever_is_sent_is_understood_or_refused(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, path: str, make: Any
) -> None:
    # It would use up a person's requests for a minute.
    monkeypatch.setattr(UserRateThrottle, "allow_request", lambda *_: True)
    address = f"{path}{make().pk}/"
    no_object: list[object] = [[], None, "x", 7]
    for body in no_object:
        assert post(client, path, body).status_code == 400
        assert patch(client, address, body).status_code == 400
    # Each name meets a third of them: what is of one type stands beside its like.
    for turn, name in enumerate([*client.get(address).json(), "password", "private_key"]):
        for value in WILD[turn % 3 :: 3]:
            answer = patch(client, address, {name: value})
            assert answer.status_code in {200, 400}, (name, value)
            assert "secret-of" not in answer.content.decode()


def test_a_pattern_that_could_hang_a_worker_is_refused_over_rest(client: APIClient) -> None:
    row = CommandProfileFactory()
    answer = patch(client, f"/api/v1/profiles/{row.pk}/", {"transfer_end": r"(a+)\1+(?!b)"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["transfer_end"])
    assert "no pattern can hang a worker" in answer.content.decode()

    surrogate = patch(client, f"/api/v1/profiles/{row.pk}/", {"transfer_end": "\ud800"})
    assert surrogate.status_code == 400
