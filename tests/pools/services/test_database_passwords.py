"""A new password of a database: tried before it is kept, and followed to the servers."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.databases.connection import DatabaseLogin
from pools.models import AuditEntry, DatabaseConfiguration, OutdatedPassword
from pools.models.secret import Sealed
from pools.presentation.fragments import TOPICS, rendered
from pools.services.database_passwords import (
    ask_for_new_password,
    mark_up_to_date,
    try_new_password,
)
from pools.services.databases import check_database
from tests.factories import PoolFactory, ServerFactory, UserFactory
from tests.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **_options: names.append(name))
    return names


@pytest.fixture
def configuration(database_login: DatabaseLogin) -> DatabaseConfiguration:
    """A checked database that a pool with one server stands on."""
    row = DatabaseConfiguration.objects.create(
        name="Acme EU",
        engine=database_login.engine,
        host=database_login.host,
        port=database_login.port,
        database_name=database_login.name,
        username=database_login.user,
        password=database_login.password,
    )
    ServerFactory(domino_name="CN=trav1/O=Acme", pool=PoolFactory(database=row, slug="acme-eu"))
    check_database(row)
    row.refresh_from_db()
    return row


def stored() -> DatabaseConfiguration:
    return DatabaseConfiguration.objects.get()


def typed(row: DatabaseConfiguration, **changes: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "engine": row.engine,
        "host": row.host,
        "port": row.port,
        "database_name": row.database_name,
        "username": row.username,
        "schema_mode": row.schema_mode,
        **changes,
    }


def test_the_old_password_and_findings_stay_until_the_new_one_is_tried(
    configuration: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    findings = configuration.findings.count()
    client = client_of(UserFactory())

    page = client.post(
        f"/databases/{configuration.pk}/", typed(configuration, password="of-tomorrow"), follow=True
    ).content.decode()

    assert "checking the new one…" in page
    assert "of-tomorrow" not in page
    assert (stored().password, stored().checked_at) == (
        database_login.password,
        configuration.checked_at,
    )
    assert findings
    assert stored().findings.count() == findings
    assert not OutdatedPassword.objects.exists()


def test_what_the_database_refuses_is_not_kept_and_said(
    configuration: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    ask_for_new_password(configuration, actor=None, password="of-tomorrow")

    assert not try_new_password(stored())

    row = stored()
    assert (row.password, row.new_password) == (database_login.password, "")
    assert "refuses this user name or password" in row.new_password_failure
    assert row.reachable
    page = client_of(UserFactory()).get("/pools/acme-eu/database/").content.decode()
    assert "the new one was not taken" in page


def test_what_is_accepted_is_kept_and_the_servers_with_the_old_one_are_named(
    configuration: DatabaseConfiguration,
    database_login: DatabaseLogin,
    postgresql: EmbeddedPostgreSQL,
) -> None:
    postgresql.create_role(database_login.user, "of-tomorrow")
    ask_for_new_password(configuration, actor=None, password="of-tomorrow")

    assert try_new_password(stored())

    row = stored()
    assert (row.password, row.new_password_at, row.reachable) == ("of-tomorrow", None, True)
    assert [str(each.server) for each in row.outdated_servers.all()] == ["trav1/Acme"]
    client = client_of(UserFactory())
    page = client.get("/pools/acme-eu/database/").content.decode()
    assert "Servers with the old password" in page
    assert "travelerUtil db set" in page
    assert "of-tomorrow" not in page
    assert all("of-tomorrow" not in entry.detail for entry in AuditEntry.objects.all())

    server = row.outdated_servers.get().server
    client.post(f"/servers/{server.pk}/password-set/")
    assert not OutdatedPassword.objects.exists()
    assert AuditEntry.objects.filter(action="password_is_up_to_date").count() == 1


def test_a_trial_is_void_when_another_password_or_place_was_entered_meanwhile(
    configuration: DatabaseConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_new_password(configuration, actor=None, password="of-tomorrow")
    asked = stored()
    ask_for_new_password(stored(), actor=None, password="of-next-week")

    assert not try_new_password(asked)

    assert stored().new_password == "of-next-week"
    assert stored().new_password_failure == ""


def test_nothing_is_said_of_a_server_that_was_up_to_date(
    configuration: DatabaseConfiguration,
) -> None:
    mark_up_to_date(configuration.pool.servers.get(), how="x")

    assert not AuditEntry.objects.filter(action="password_is_up_to_date").exists()


def test_over_rest_it_is_tried_or_saved_untested(
    configuration: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    client = APIClient()
    client.force_authenticate(UserFactory())
    path = f"/api/v1/databases/{configuration.pk}/"

    answer = client.patch(path, {"password": "of-tomorrow"}, format="json")
    assert answer.status_code == 200
    assert answer.json()["tried_since"]
    assert stored().password == database_login.password

    answer = client.patch(path, {"password": "of-tomorrow", "untested": True}, format="json")
    assert stored().password == "of-tomorrow"
    assert (answer.json()["tried_since"], len(answer.json()["outdated_servers"])) == (None, 1)
    assert "of-tomorrow" not in answer.content.decode()


def test_only_a_post_marks_a_server(administrator: Client) -> None:
    assert administrator.get("/servers/1/password-set/").status_code == 405


@pytest.fixture
def administrator() -> Client:
    return client_of(UserFactory(username="administrator"))


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    groups: list[str] = []
    monkeypatch.setattr("pools.broadcast.channel.send", groups.extend)
    return groups


def test_the_page_follows_a_new_password_without_a_reload(
    configuration: DatabaseConfiguration,
    postgresql: EmbeddedPostgreSQL,
    followed: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    group = f"database-{configuration.pk}"
    server = configuration.pool.servers.get()
    button = f'formaction="/servers/{server.pk}/password-set/"'
    form = '<form id="password-set" method="post">'
    client = client_of(UserFactory())
    for address in ("/pools/acme-eu/database/", f"/databases/{configuration.pk}/"):
        page = client.get(address).content.decode()
        assert page.count(form) == 1
        assert button not in page

    def pushed() -> str:
        assert group in followed
        followed.clear()
        return rendered(TOPICS["database"], configuration.pk, "UTC")

    with django_capture_on_commit_callbacks(execute=True):
        ask_for_new_password(configuration, actor=None, password="of-tomorrow")
    assert "checking the new one…" in pushed()

    postgresql.create_role(configuration.username, "of-tomorrow")
    with django_capture_on_commit_callbacks(execute=True):
        assert try_new_password(stored())
    text = pushed()
    assert button in text
    assert form not in text
    assert "csrfmiddlewaretoken" not in text

    with django_capture_on_commit_callbacks(execute=True):
        mark_up_to_date(server, how="the server's own db check succeeded")
    assert button not in pushed()


@pytest.mark.parametrize("column", ["new_password", "password, new_password"])
def test_a_new_password_that_no_key_decrypts_ends_its_try(
    configuration: DatabaseConfiguration, column: str
) -> None:
    ask_for_new_password(configuration, actor=None, password="of-tomorrow")
    foreign = Fernet(Fernet.generate_key()).encrypt(b"of-tomorrow").decode()
    sealed = dict.fromkeys(column.split(", "), Sealed(foreign))
    DatabaseConfiguration.objects.update(**sealed)

    assert not try_new_password(stored())

    row = stored()
    assert row.new_password_at is None
    assert "cannot be decrypted: it was encrypted with another key" in row.new_password_failure
    assert "enter it again" in row.new_password_failure
    page = client_of(UserFactory()).get("/pools/acme-eu/database/").content.decode()
    assert "checking the new one…" not in page
    assert "cannot be decrypted" in page
    assert AuditEntry.objects.filter(action="refuse_new_password").count() == 1


def test_a_new_password_is_tried_though_no_key_decrypts_the_old_one(
    configuration: DatabaseConfiguration, postgresql: EmbeddedPostgreSQL
) -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(b"of-yesterday").decode()
    DatabaseConfiguration.objects.update(password=Sealed(foreign))
    postgresql.create_role(configuration.username, "of-tomorrow")
    ask_for_new_password(stored(), actor=None, password="of-tomorrow")

    assert try_new_password(stored())

    assert stored().password == "of-tomorrow"
