"""A stored password is sent to another address only after it was typed again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from pools.models import DatabaseConfiguration, Login, Pool, Server
from tests.factories import (
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    LoginFactory,
    PoolFactory,
    ServerFactory,
    UserFactory,
)
from tests.people import client_of

pytestmark = pytest.mark.django_db

PASSWORD = "secret-of-a-login"
ELSEWHERE = [
    {"ssh_host": "elsewhere.example"},
    {"ssh_port": 2222},
    {"api_url": "https://elsewhere.example"},
    {"api_url": "https://trav1.acme.example:8443"},
    {"api_url": "http://trav1.acme.example", "allow_http": True},
]
DATABASE_ELSEWHERE: list[dict[str, Any]] = [
    {"host": "elsewhere.example"},
    {"port": 5433},
    {"engine": "mysql"},
    {"database_name": "other"},
    {"username": "other"},
    {"jdbc_properties": "socksProxyHost=elsewhere.example"},
]


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory(username="admin"))
    return client


@pytest.fixture
def administrator() -> Client:
    return client_of(UserFactory(username="administrator"))


def patch(client: APIClient, path: str, body: dict[str, Any]) -> Any:
    return client.patch(path, body, format="json")


def known_server(**facts: Any) -> Server:
    return ServerFactory(
        domino_name="CN=trav1/O=Acme",
        ssh_login=LoginFactory(name="Domino"),
        host_key="ssh-ed25519 AAAA",
        **facts,
    )


def page_of(form_of: Client, path: str, row: Any, **changes: Any) -> Any:
    """What the page's form sends when a person changes these fields."""
    form = form_of.get(path).context["form"]
    data = {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if name not in form.secrets
    }
    given = {name: value for name, value in (data | changes).items() if value not in (None, False)}
    return form_of.post(path, given)


@pytest.mark.parametrize("change", ELSEWHERE)
def test_a_server_elsewhere_takes_the_passwords_again(
    client: APIClient, change: dict[str, Any]
) -> None:
    server = known_server()
    path = f"/api/v1/servers/{server.pk}/"

    refused = patch(client, path, change)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["login_passwords"])
    assert "“Domino” would be sent to" in refused.json()["errors"]["login_passwords"][0]
    wrong = patch(client, path, change | {"login_passwords": {"Domino": "a guess"}})
    assert "not the stored password" in wrong.json()["errors"]["login_passwords"][0]
    unchanged = Server.objects.get()
    assert (unchanged.ssh_host, unchanged.ssh_port) == ("trav1.acme.example", 22)
    assert unchanged.api_url == "https://trav1.acme.example"

    answer = patch(client, path, change | {"login_passwords": {"Domino": PASSWORD}})
    assert answer.status_code == 200
    assert PASSWORD not in answer.content.decode()


def test_a_host_key_stays_known_when_the_address_changes(client: APIClient) -> None:
    server = known_server()
    change = {"ssh_port": 2222, "login_passwords": {"Domino": PASSWORD}}

    assert patch(client, f"/api/v1/servers/{server.pk}/", change).status_code == 200

    assert Server.objects.get().host_key == "ssh-ed25519 AAAA"


def test_another_login_is_sent_only_by_who_knows_it(client: APIClient) -> None:
    server = known_server()
    LoginFactory(name="Other", password="another-secret")
    change: dict[str, Any] = {"api_login": Login.objects.get(name="Other").pk}

    assert patch(client, f"/api/v1/servers/{server.pk}/", change).status_code == 400
    change["login_passwords"] = {"Other": "another-secret"}
    assert patch(client, f"/api/v1/servers/{server.pk}/", change).status_code == 200


def test_a_new_server_gets_no_password_that_was_not_typed(client: APIClient) -> None:
    login = known_server().ssh_login
    request = {
        "domino_name": "CN=trav2/O=Acme",
        "profile": CommandProfileFactory().pk,
        "ssh_host": "elsewhere.example",
        "ssh_login": login.pk,
        "api_url": "https://elsewhere.example",
        "api_login": login.pk,
    }
    assert client.post("/api/v1/servers/", request, format="json").status_code == 400
    assert Server.objects.count() == 1
    request["login_passwords"] = {"Domino": PASSWORD}
    assert client.post("/api/v1/servers/", request, format="json").status_code == 201


def test_a_private_key_alone_is_not_sent_and_not_asked_for(client: APIClient) -> None:
    server = known_server(api_login=LoginFactory(name="API"))
    Login.objects.filter(name="Domino").update(password="", private_key="a key")

    assert patch(client, f"/api/v1/servers/{server.pk}/", {"ssh_port": 2222}).status_code == 200


def test_where_the_password_goes_already_it_may_go_by_another_row(client: APIClient) -> None:
    first = known_server()
    second = ServerFactory(
        domino_name="CN=trav2/O=Acme", ssh_login=first.ssh_login, ssh_host="TRAV1.acme.example"
    )
    assert patch(client, f"/api/v1/servers/{second.pk}/", {"note": "x"}).status_code == 200
    change = {"api_url": "https://trav1.acme.example/api/traveler"}
    assert patch(client, f"/api/v1/servers/{second.pk}/", change).status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"external_url": "https://elsewhere.example/traveler"}, {"probe_login": "other"}],
)
def test_a_pool_elsewhere_takes_the_probe_users_password(
    client: APIClient, change: dict[str, Any]
) -> None:
    pool = PoolFactory(probe_login=LoginFactory(name="Probe"))
    other = LoginFactory(name="Other")
    request = {name: other.pk if name == "probe_login" else each for name, each in change.items()}

    refused = patch(client, f"/api/v1/pools/{pool.pk}/", request)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["login_passwords"])
    request["login_passwords"] = {"Probe": PASSWORD, "Other": PASSWORD}
    assert patch(client, f"/api/v1/pools/{pool.pk}/", request).status_code == 200


def test_another_authority_is_trusted_only_by_who_knows_the_password(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ssl.create_default_context", lambda **_: None)
    pool = PoolFactory()
    known_server(pool=pool)
    path = f"/api/v1/pools/{pool.pk}/"

    refused = patch(client, path, {"ca_certificate": "another authority"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["login_passwords"])
    change = {"ca_certificate": "another authority", "login_passwords": {"Domino": PASSWORD}}
    assert patch(client, path, change).status_code == 200
    assert Pool.objects.get().ca_certificate == "another authority"


@pytest.mark.parametrize("name", ["traveler_util", "program_directory", "data_directory"])
def test_the_commands_that_are_given_passwords_change_by_who_knows_the_hosts(
    client: APIClient, name: str
) -> None:
    profile = known_server().profile
    path = f"/api/v1/profiles/{profile.pk}/"

    assert patch(client, path, {name: "/opt/mine"}).status_code == 400
    assert patch(client, path, {"status": "tell traveler status now"}).status_code == 200
    change = {name: "/opt/mine", "login_passwords": {"Domino": PASSWORD}}
    assert patch(client, path, change).status_code == 200


@pytest.mark.parametrize("change", DATABASE_ELSEWHERE)
def test_a_database_elsewhere_takes_its_password(client: APIClient, change: dict[str, Any]) -> None:
    row = DatabaseConfigurationFactory()
    path = f"/api/v1/databases/{row.pk}/"

    refused = patch(client, path, change)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["password"])
    assert "would be sent elsewhere" in refused.json()["errors"]["password"][0]
    stored = DatabaseConfiguration.objects.get()
    assert all(getattr(stored, name) == getattr(row, name) for name in change)

    answer = patch(client, path, change | {"password": "typed-again"})
    assert answer.status_code == 200
    assert DatabaseConfiguration.objects.get().password == "typed-again"


def test_the_page_asks_beside_what_was_typed(administrator: Client) -> None:
    server = known_server()
    path = f"/servers/{server.pk}/edit/"

    refused = page_of(administrator, path, server, ssh_host="elsewhere.example", note="typed")
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Passwords that would be sent elsewhere" in page
    assert 'value="elsewhere.example"' in page
    assert "typed</textarea>" in page

    name = f"password_of_login_{server.ssh_login_id}"
    again = {"ssh_host": "elsewhere.example", name: "a guess"}
    wrong = page_of(administrator, path, server, **again)
    assert "not the stored password" in wrong.content.decode()
    assert "a guess" not in wrong.content.decode()
    page_of(administrator, path, server, **again | {name: PASSWORD})
    assert Server.objects.get().ssh_host == "elsewhere.example"


def test_the_page_of_a_database_asks_as_well(administrator: Client) -> None:
    row = DatabaseConfigurationFactory()

    refused = page_of(
        administrator, f"/databases/{row.pk}/", row, host="elsewhere.example", schema="typed"
    )

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "because host changed. Type the password again." in page
    assert 'value="elsewhere.example"' in page
    assert 'value="typed"' in page


def test_plain_http_takes_a_setting(client: APIClient) -> None:
    path = f"/api/v1/servers/{known_server().pk}/"
    change = {"api_url": "http://trav1.acme.example", "login_passwords": {"Domino": PASSWORD}}

    refused = patch(client, path, change)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["api_url"])
    assert "can be read on the way" in refused.json()["errors"]["api_url"][0]
    assert patch(client, path, change | {"allow_http": True}).status_code == 200
    local = change | {"api_url": "http://127.0.0.1:8080"}
    assert patch(client, path, local).status_code == 200


def test_plain_http_for_a_probe_user_takes_a_setting(client: APIClient) -> None:
    pool = PoolFactory(probe_login=LoginFactory(name="Probe"))
    change = {
        "external_url": "http://traveler.acme.example",
        "login_passwords": {"Probe": PASSWORD},
    }
    refused = patch(client, f"/api/v1/pools/{pool.pk}/", change)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["external_url"])
    assert (
        patch(client, f"/api/v1/pools/{pool.pk}/", change | {"allow_http": True}).status_code == 200
    )


def test_a_server_on_plain_http_is_marked(administrator: Client) -> None:
    server = ServerFactory(api_url="http://trav1.acme.example", allow_http=True)

    page = administrator.get(server.get_absolute_url()).content.decode()

    assert "plain HTTP: the password can be read on the way" in page
