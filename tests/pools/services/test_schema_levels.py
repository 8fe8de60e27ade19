"""The schema level: read back from a real PostgreSQL, kept with its age, judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from console.supervision.ports import free_port
from pools.databases.connection import DatabaseLogin, open_connection
from pools.models import AuditEntry, DatabaseConfiguration
from pools.services.databases import update_database
from pools.services.schema_levels import (
    SchemaState,
    read_level,
    request_schema_level,
    standing_of,
    store_level,
)
from pools.services.task_queue import NOT_QUEUED
from pools.store.schema import REQUIRED_LEVEL, apply_schema
from tests.factories import DatabaseConfigurationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def configuration(database_login: DatabaseLogin) -> DatabaseConfiguration:
    return DatabaseConfigurationFactory(
        engine=database_login.engine,
        host=database_login.host,
        port=database_login.port,
        database_name=database_login.name,
        username=database_login.user,
        password=database_login.password,
    )


def test_a_database_without_tables_is_read_as_empty(configuration: DatabaseConfiguration) -> None:
    assert standing_of(configuration).state is SchemaState.UNREAD

    read_level(configuration)

    configuration.refresh_from_db()
    assert configuration.schema_level_at is not None
    standing = standing_of(configuration)
    assert (standing.state, standing.file) == (SchemaState.EMPTY, "2-create-tables.sql")


def test_the_level_needed_is_recognised(
    configuration: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    with open_connection(database_login) as connection:
        apply_schema(connection)

    read_level(configuration)

    configuration.refresh_from_db()
    standing = standing_of(configuration)
    assert (standing.state, standing.found, standing.file) == (
        SchemaState.RIGHT,
        REQUIRED_LEVEL,
        "",
    )


def test_a_level_of_another_release_is_not_taken_for_an_older_one(
    configuration: DatabaseConfiguration,
) -> None:
    store_level(configuration, configuration.login(), "0009_later")
    configuration.refresh_from_db()
    assert standing_of(configuration).state is SchemaState.UNKNOWN


def test_a_database_that_does_not_answer_keeps_the_older_level_and_says_why(
    configuration: DatabaseConfiguration,
) -> None:
    earlier = timezone.now() - timedelta(hours=2)
    DatabaseConfiguration.objects.filter(pk=configuration.pk).update(
        port=free_port(), schema_level=REQUIRED_LEVEL, schema_level_at=earlier
    )
    configuration.refresh_from_db()

    read_level(configuration)

    configuration.refresh_from_db()
    assert (configuration.schema_level, configuration.schema_level_at) == (REQUIRED_LEVEL, earlier)
    assert "nothing listens on that port" in configuration.schema_level_failure
    assert configuration.password not in configuration.schema_level_failure


def test_a_configuration_changed_meanwhile_keeps_nothing_of_the_old_address(
    configuration: DatabaseConfiguration,
) -> None:
    stale = DatabaseConfiguration.objects.get(pk=configuration.pk)
    update_database(configuration, actor=UserFactory(), host="elsewhere.example")

    store_level(stale, stale.login(), REQUIRED_LEVEL)

    configuration.refresh_from_db()
    assert configuration.schema_level_at is None


def test_another_address_takes_back_the_level(configuration: DatabaseConfiguration) -> None:
    store_level(configuration, configuration.login(), REQUIRED_LEVEL)
    configuration.refresh_from_db()

    update_database(configuration, actor=UserFactory(), host="elsewhere.example")

    assert (configuration.schema_level, configuration.schema_level_at) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_cannot_be_reached_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OperationalError("no redis")

    monkeypatch.setattr("celery.current_app.send_task", refuse)
    configuration = DatabaseConfigurationFactory()

    request_schema_level(configuration, actor=UserFactory())

    configuration.refresh_from_db()
    assert configuration.schema_level_failure == NOT_QUEUED
    assert AuditEntry.objects.filter(action="read_schema_level").exists()
