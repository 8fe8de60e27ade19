"""Schema: created by itself, or only looked at when a DBA is to make the tables."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from migrations_ui.models import Migration
from migrations_ui.states import Level
from migrations_ui.steps import schema
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.transfer.control import Unattended
from pools.databases.connection import DatabaseLogin, open_connection
from pools.models import DatabaseConfiguration
from pools.services.schema_levels import SchemaState, standing_of
from pools.states import SchemaMode
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level
from tests.factories import DatabaseConfigurationFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


class Lines:
    """A journal that nobody reads."""

    def log(self, text: str, *, level: Level = Level.INFO) -> None: ...

    def progress(self, done: int, total: int, unit: str) -> None: ...


@pytest.fixture
def database(database_login: DatabaseLogin) -> DatabaseConfiguration:
    return DatabaseConfigurationFactory(
        host=database_login.host,
        port=database_login.port,
        database_name=database_login.name,
        username=database_login.user,
        password=database_login.password,
        schema_mode=SchemaMode.MANUAL,
    )


@pytest.fixture
def context(database: DatabaseConfiguration) -> StepContext:
    migration: Migration = MigrationFactory(started=True, pool__database=database)
    return StepContext(migration, Lines(), Unattended(), lambda call: nullcontext())


def state_of(database: DatabaseConfiguration) -> SchemaState:
    database.refresh_from_db()
    return standing_of(database).state


def test_manual_mode_stops_with_the_file_and_creates_nothing(
    context: StepContext, database: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    with pytest.raises(StepFailed, match=r"has to run 2-create-tables\.sql") as stopped:
        schema.run(context)

    assert "Schema for the DBA" in stopped.value.remedy
    with open_connection(database_login) as connection:
        assert connection.introspection.table_names() == []
    assert state_of(database) is SchemaState.EMPTY


def test_manual_mode_goes_on_when_the_dba_is_done(
    context: StepContext, database: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    with open_connection(database_login) as connection:
        apply_schema(connection)
    assert schema.run(context) == f"The schema is at level {REQUIRED_LEVEL}."
    assert state_of(database) is SchemaState.RIGHT


def test_automatic_mode_creates_the_tables_and_keeps_the_level(
    context: StepContext, database: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    context.migration.pool.database.schema_mode = SchemaMode.AUTOMATIC
    assert "from level none" in schema.run(context)
    with open_connection(database_login) as connection:
        assert schema_level(connection) == REQUIRED_LEVEL
    assert state_of(database) is SchemaState.RIGHT


def test_tables_that_are_to_be_left_are_not_even_looked_at(
    context: StepContext, database: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    context.migration.pool.database.schema_mode = SchemaMode.EXISTING
    assert "left as they are" in schema.run(context)
    with open_connection(database_login) as connection:
        assert connection.introspection.table_names() == []
    DatabaseConfiguration.objects.update(schema_mode=SchemaMode.EXISTING)
    assert state_of(database) is SchemaState.LEFT
    assert not standing_of(database).file


@pytest.mark.parametrize("mode", [SchemaMode.AUTOMATIC, SchemaMode.MANUAL])
def test_tables_of_a_later_release_are_left_alone(
    context: StepContext,
    database: DatabaseConfiguration,
    database_login: DatabaseLogin,
    mode: str,
) -> None:
    context.migration.pool.database.schema_mode = mode
    with open_connection(database_login) as connection:
        apply_schema(connection)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO schema_level VALUES ('0009_later', 1, 1)")
    with pytest.raises(StepFailed, match="0009_later, which this console does not know"):
        schema.run(context)
    assert state_of(database) is SchemaState.UNKNOWN
