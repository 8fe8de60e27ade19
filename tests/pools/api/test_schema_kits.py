"""The files for the DBA and the level of the tables, over REST."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from pools.databases.engines import ENGINES
from pools.models import AuditEntry
from pools.store.schema import REQUIRED_LEVEL
from tests.factories import DatabaseConfigurationFactory, PoolFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory(username="admin"))
    return client


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **options: names.append(name))
    return names


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("accept", ["*/*", "application/zip"])
def test_every_engine_has_its_zip(client: APIClient, engine: str, accept: str) -> None:
    database = DatabaseConfigurationFactory(engine=engine, database_name="TRAVELER")
    PoolFactory(name="Acme EU", database=database)

    answer = client.get(f"/api/v1/databases/{database.pk}/schema-kit/", headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "attachment" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "Pool:     Acme EU" in texts["2-create-tables.sql"]
    assert REQUIRED_LEVEL in texts["2-create-tables.sql"]
    assert not any("secret-of" in text for text in texts.values())


def test_requested_go_into_the_create_script(client: APIClient) -> None:
    database = DatabaseConfigurationFactory(engine="db2", database_name="TRAVELER")
    answer = client.get(
        f"/api/v1/databases/{database.pk}/schema-kit/",
        {"path": "/db2/data", "territory": "de", "traveler_login": "lnt"},
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert b"ON /db2/data" in archive.read("1-create-database.sql")
        assert b"TERRITORY DE" in archive.read("1-create-database.sql")
        assert b'TO USER "LNT"' in archive.read("4-grants.sql")


@pytest.mark.parametrize("accept", ["*/*", "application/zip"])
def test_a_request_that_cannot_be_is_refused_in_words(client: APIClient, accept: str) -> None:
    database = DatabaseConfigurationFactory(engine="db2", database_name="TRAVELER")
    answer = client.get(
        f"/api/v1/databases/{database.pk}/schema-kit/",
        {"path": "/x; DROP", "traveler_login": "two\nlines"},
        headers={"Accept": accept},
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert set(answer.json()["errors"]) == {"path", "traveler_login"}


def test_the_level_is_shown_with_the_file_to_run(client: APIClient) -> None:
    database = DatabaseConfigurationFactory(schema_level_at=timezone.now())
    shown = client.get(f"/api/v1/databases/{database.pk}/").json()["schema_level"]
    assert shown["state"] == "empty"
    assert shown["needed"] == REQUIRED_LEVEL
    assert shown["file"] == "2-create-tables.sql"
    assert shown["read_at"]


@pytest.mark.django_db(transaction=True)
def test_the_level_is_read_by_a_worker_in_the_persons_name(
    client: APIClient, queued: list[str]
) -> None:
    database = DatabaseConfigurationFactory()
    assert client.post(f"/api/v1/databases/{database.pk}/read-level/").status_code == 202
    entry = AuditEntry.objects.get()
    assert (entry.actor and entry.actor.username, entry.action) == ("admin", "read_schema_level")
    assert queued == ["pools.tasks.read_schema_level"]
