"""A migration that waits for the DBA: what its page says before and after the file was run."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import Outcome, StepName
from pools.models import DatabaseConfiguration
from pools.states import SchemaMode
from pools.store.schema import REQUIRED_LEVEL
from tests.migrations_ui.factories import FindingFactory, MigrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **options: names.append(name))
    return names


@pytest.fixture
def waiting() -> Migration:
    """Stopped at the schema step: the database has no tables."""
    return MigrationFactory(
        broken=True,
        current_step=StepName.SCHEMA,
        failure="The schema is at level none.",
        pool__database__schema_mode=SchemaMode.MANUAL,
        pool__database__schema_level_at=timezone.now(),
    )


def text_of(client: Client, migration: Migration, part: str = "live/") -> str:
    return client.get(f"/migrations/{migration.pk}/{part}").content.decode()


def test_it_names_the_file_and_leads_to_it(administrator: Client, waiting: Migration) -> None:
    page = text_of(administrator, waiting)
    assert "Schema waits for your DBA" in page
    assert "run file 2-create-tables.sql" in page
    assert f"/pools/{waiting.pool.slug}/database/schema/" in page
    assert "Have the DBA run the file named here" in page
    assert "Retry this step" in page


def test_once_the_level_is_right_it_says_that_retry_goes_on(
    administrator: Client, waiting: Migration
) -> None:
    DatabaseConfiguration.objects.filter(pk=waiting.pool.database_id).update(
        schema_level=REQUIRED_LEVEL, schema_level_at=timezone.now()
    )
    page = text_of(administrator, waiting)
    assert "The level is right now: retry the step." in page
    assert "there is nothing to run" in page


def test_the_level_is_read_from_there_and_leads_back(
    administrator: Client, waiting: Migration
) -> None:
    button = f'formaction="/databases/{waiting.pool.database_id}/schema-level/"'
    assert button in text_of(administrator, waiting)
    answer = administrator.post(
        f"/databases/{waiting.pool.database_id}/schema-level/",
        {"next": waiting.get_absolute_url()},
    )
    assert answer["Location"] == waiting.get_absolute_url()


def test_preflight_that_stopped_for_the_level_says_the_same(
    administrator: Client, waiting: Migration
) -> None:
    Migration.objects.filter(pk=waiting.pk).update(current_step=StepName.PREFLIGHT)
    assert "Schema for the DBA" not in text_of(administrator, waiting)
    FindingFactory(migration=waiting, check_id="db_schema", outcome=Outcome.BLOCKER)
    assert "Schema for the DBA" in text_of(administrator, waiting)


def test_an_automatic_database_asks_for_no_dba(administrator: Client, waiting: Migration) -> None:
    DatabaseConfiguration.objects.update(schema_mode=SchemaMode.AUTOMATIC)
    assert "Schema for the DBA" not in text_of(administrator, waiting)
