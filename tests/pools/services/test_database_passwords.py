"""A new password of a database: tried before it is kept, and followed to the servers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from pools.databases.connection import DatabaseLogin
from pools.lab.embedded import EmbeddedPostgreSQL
from pools.models import AuditEntry, DatabaseConfiguration, OutdatedPassword
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
    path = f"/api/databases/{configuration.pk}/"

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
