"""A role for some pools: what belongs to others is not there, by page, REST and socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.test import Client
from django.urls import URLPattern, reverse
from rest_framework.test import APIClient

import migrations_ui.api.urls
import migrations_ui.urls
import pools.api.urls
import pools.urls
from console.accounts.models import User
from console.accounts.permissions import access_of
from console.routing import websocket_urlpatterns
from pools.live import guarded_consumer
from pools.models import AuditEntry
from pools.presentation.attention import things_needing_attention
from tests.console.accounts.scopes import Side, make_side, person_of
from tests.factories import (
    DatabaseConfigurationFactory,
    DeviceFactory,
    ServerFactory,
    TravelerUserFactory,
)
from tests.people import client_of
from tests.sockets import Viewer

OF_NO_POOL = {"logins", "profiles", "audit", "engines"}
LISTS = ("/", "/databases/", "/migrations/", "/find/?q=ada", "/find/?q=appl", "/find/?q=da ")


@pytest.fixture
def ours(db: None) -> Side:
    return make_side("ours")


@pytest.fixture
def theirs(db: None) -> Side:
    return make_side("theirs")


@pytest.fixture
def person(ours: Side) -> User:
    return person_of(ours)


@pytest.fixture
def client(person: User) -> Client:
    return client_of(person)


@pytest.fixture
def rest(person: User) -> APIClient:
    client = APIClient()
    client.force_login(person)
    return client


def key_of(route: str, name: str, side: Side) -> Any:
    """What stands for this argument of an address on that side."""
    named = {
        "slug": side.pool.slug,
        "server_pk": side.server.pk,
        "database_pk": side.database.pk,
        "reject_pk": side.reject.pk,
    }
    rows = {
        "pools": side.pool,
        "servers": side.server,
        "operations": side.operation,
        "databases": side.database,
        "retained": side.database,
        "users": side.person,
        "devices": side.device,
    }
    noun = route.lstrip("^").partition("/")[0]
    return named[name] if name in named else rows.get(noun, side.migration).pk


def addresses(
    patterns: list[Any], side: Side, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Of everything that names a row of a pool."""
    for pattern in patterns:
        route = str(pattern.pattern)
        arguments = pattern.pattern.regex.groupindex
        if arguments and route.lstrip("^").partition("/")[0] not in OF_NO_POOL:
            found = {name: key_of(route, name, side) for name in arguments}
            yield reverse(f"{namespace}{pattern.name}", kwargs=found), pattern


PAGES = [(pools.urls.urlpatterns, "pools:"), (migrations_ui.urls.urlpatterns, "migrations_ui:")]
ENDPOINTS = [pools.api.urls.urlpatterns, migrations_ui.api.urls.urlpatterns]


def test_a_page_of_another_pool_is_not_there(theirs: Side, client: Client) -> None:
    for patterns, namespace in PAGES:
        for address, _ in addresses(patterns, theirs, namespace):
            answers = {client.get(address).status_code, client.post(address).status_code}
            assert 404 in answers, address
            assert answers <= {404, 405}, address
    assert not AuditEntry.objects.exists()


def test_the_pages_of_the_own_pool_are(ours: Side, client: Client) -> None:
    for patterns, namespace in PAGES:
        for address, _ in addresses(patterns, ours, namespace):
            if not address.endswith(("logs.zip", "/migrate/")):
                assert client.get(address).status_code in {200, 302, 405, 409}, address


def test_over_rest_too(ours: Side, theirs: Side, rest: APIClient) -> None:
    for patterns in ENDPOINTS:
        for address, pattern in addresses(patterns, theirs):
            for method in list(getattr(pattern.callback, "actions", {})):
                if method != "head":
                    answer = rest.generic(method.upper(), address, "{}", "application/json")
                    # What is sent may be refused before anything is looked for.
                    refused = {404} if method == "get" else {400, 404}
                    assert answer.status_code in refused, (method, address)
        for address, pattern in addresses(patterns, ours):
            if "get" in getattr(pattern.callback, "actions", {}) and "archive" not in address:
                assert rest.get(address).status_code == 200, address
    assert not AuditEntry.objects.exists()


def test_what_belongs_to_no_pool_is_not_there_either(client: Client, rest: APIClient) -> None:
    standalone = ServerFactory()
    nobodys = TravelerUserFactory(server=standalone)
    database = DatabaseConfigurationFactory()
    for page in (
        f"/servers/{standalone.pk}/",
        f"/users/{nobodys.pk}/",
        f"/databases/{database.pk}/",
    ):
        assert client.get(page).status_code == 404
        assert rest.get(f"/api/v1{page}").status_code == 404
    for page in ("/logins/", "/profiles/", "/audit/"):
        assert client.get(page).status_code == 403
        assert rest.get(f"/api/v1{page}").status_code == 403
    for page in ("/pools/add/", "/servers/add/", "/databases/add/"):
        assert client.get(page).status_code == 403
    for address in ("/api/v1/pools/", "/api/v1/servers/", "/api/v1/databases/"):
        assert rest.post(address, {}, format="json").status_code == 403


@pytest.mark.parametrize("address", LISTS)
def test_a_list_shows_the_own_only(address: str, ours: Side, theirs: Side, client: Client) -> None:
    ServerFactory(domino_name="CN=alone/O=Acme")

    page = client.get(address).content.decode()

    assert "ours" in page
    assert "theirs" not in page
    assert "alone" not in page


def test_a_search_looks_on_beyond_what_others_have(
    ours: Side, theirs: Side, client: Client
) -> None:
    for number in range(30):
        DeviceFactory(user=theirs.person, device_id=f"XAPPLX{number}")

    assert "Ada ours" in client.get("/find/?q=ppl").content.decode()


def test_a_list_over_rest_holds_the_own_only(ours: Side, theirs: Side, rest: APIClient) -> None:
    own = {
        "pools": ours.pool,
        "servers": ours.server,
        "users": ours.person,
        "devices": ours.device,
        "databases": ours.database,
        "operations": ours.operation,
        "migrations": ours.migration,
    }
    for noun, row in own.items():
        listed = rest.get(f"/api/v1/{noun}/").json()["results"]
        assert [each["id"] for each in listed] == [row.pk], noun
    found = rest.get("/api/v1/lookup/?q=ada").json()
    assert [each["user"]["id"] for each in found] == [ours.person.pk]


def test_nothing_is_started_in_another_pool(theirs: Side, ours: Side, rest: APIClient) -> None:
    started = rest.post("/api/v1/operations/", {"server": theirs.server.pk, "kind": "status"})
    drafted = rest.post(
        "/api/v1/migrations/", {"server": theirs.migration.server_id, "pool": ours.pool.pk}
    )

    assert (started.status_code, set(started.json()["errors"])) == (400, {"server"})
    assert (drafted.status_code, set(drafted.json()["errors"])) == (400, {"server"})


def test_a_pool_is_given_no_database_that_is_not_the_persons(
    ours: Side, client: Client, rest: APIClient
) -> None:
    spare = DatabaseConfigurationFactory(name="Spare")

    answer = rest.patch(f"/api/v1/pools/{ours.pool.pk}/", {"database": spare.pk}, format="json")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"database"})
    assert "Spare" not in client.get("/pools/ours/edit/").content.decode()
    kept = rest.patch(f"/api/v1/pools/{ours.pool.pk}/", {"name": "Ours now"}, format="json")
    assert kept.status_code == 200


def test_the_bell_counts_the_own_only(ours: Side, theirs: Side, person: User) -> None:

    everything = {item.subject for item in things_needing_attention()}
    seen = {item.subject for item in things_needing_attention(access_of(person))}

    assert {subject for subject in everything if "theirs" in subject}
    # The server that migrates is in no pool yet.
    assert seen == {
        subject for subject in everything if "ours" in subject and not subject.startswith("moving")
    }


application = URLRouter(websocket_urlpatterns)


@pytest.mark.django_db(transaction=True)
async def test_a_socket_of_another_pool_names_nothing() -> None:
    ours = await database_sync_to_async(make_side)("ours")
    theirs = await database_sync_to_async(make_side)("theirs")
    person = await database_sync_to_async(person_of)(ours)
    for side, accepted in ((ours, True), (theirs, False)):
        for path in (
            f"/ws/pools/{side.pool.pk}/",
            f"/ws/servers/{side.server.pk}/",
            f"/ws/operations/{side.operation.pk}/",
            f"/ws/databases/{side.pool.database_id}/",
            f"/ws/databases/{side.pool.database_id}/schema/",
            f"/ws/migrations/{side.migration.pk}/",
        ):
            viewer = await Viewer(application, path, person).open()
            assert viewer.accepted is accepted, path
            if accepted:
                await viewer.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/ws/pools/", "/ws/bell/"])
async def test_a_socket_of_all_pools_brings_the_own_only(path: str) -> None:
    ours = await database_sync_to_async(make_side)("ours")
    await database_sync_to_async(make_side)("theirs")
    person = await database_sync_to_async(person_of)(ours)

    viewer = await Viewer(application, path, person).open()

    text = await viewer.text()
    assert "theirs" not in text
    # The own server and the own migration: two things need a person.
    assert "■ 2" in text
    await viewer.close()


@pytest.mark.django_db(transaction=True)
async def test_a_socket_ends_when_the_role_no_longer_holds_for_the_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guarded_consumer, "RECHECK_SECONDS", 0.05)
    ours = await database_sync_to_async(make_side)("ours")
    person = await database_sync_to_async(person_of)(ours)
    viewer = await Viewer(application, f"/ws/pools/{ours.pool.pk}/", person).open()
    assert "trav-ours" in await viewer.text()

    await person.pools.aclear()

    assert await viewer.close_code() == guarded_consumer.NOT_FOUND
