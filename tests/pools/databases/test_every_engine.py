"""What has to hold on every engine; those without an embedded server want one by its URL.

LIFEGUARD_TEST_DB2_URL=db2://user:password@host:50000/TRAVELER pytest tests/pools/databases
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.apps import apps

from pools.checks.database import run_checks
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseLoginRefused, DatabaseMissing, PrivilegeMissing
from pools.lab.pool import PoolDatabase
from pools.states import SchemaMode
from pools.store.models import SecRecord
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level
from tests.engines import engine_login


@pytest.fixture(params=list(ENGINES))
def login(request: pytest.FixtureRequest) -> Iterator[DatabaseLogin]:
    """An empty database of each engine, left empty again."""
    login = engine_login(request.param, request)
    yield login
    with open_connection(login) as connection, connection.cursor() as cursor:
        there = {name.lower() for name in connection.introspection.table_names()}
        for model in apps.get_app_config("store").get_models():
            if model._meta.db_table in there:
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(model._meta.db_table)}")


def test_the_report_answers_every_question(login: DatabaseLogin) -> None:
    report = run_checks(login)

    assert report.passed, [line for line in report.results if not line.passed]
    version = report.line("version")
    assert version is not None
    assert version.fact
    assert "or newer is" in version.seen
    room_and_copy = [report.line("room"), report.line("availability")]
    assert all(line is not None and line.seen for line in room_and_copy)


def test_the_schema_is_created_once(login: DatabaseLogin) -> None:
    with open_connection(login) as connection:
        assert schema_level(connection) is None
        assert apply_schema(connection) == [REQUIRED_LEVEL]
        assert schema_level(connection) == REQUIRED_LEVEL
        assert apply_schema(connection) == []
    line = run_checks(login, schema_mode=SchemaMode.MANUAL).line("schema")
    assert line is not None
    assert line.passed


def test_moments_and_characters_come_back_as_they_went(login: DatabaseLogin) -> None:
    moment = datetime(2026, 11, 25, 18, 4, 5, 123456, tzinfo=UTC)
    with open_connection(login) as connection:
        apply_schema(connection)
    database = PoolDatabase(login)
    try:
        database.insert_rows(SecRecord, [("Ümit", "d", 1, 2, None, moment, "日本語 😀")])
        rows = database.rows("SELECT username, requested_by, requested_on, remark FROM sec_records")
        assert rows == [("Ümit", None, moment, "日本語 😀")]
    finally:
        database.close()


def test_a_wrong_login_is_distinguished_from_a_missing_database(login: DatabaseLogin) -> None:
    engine = ENGINES[login.engine].name
    with (
        pytest.raises(DatabaseLoginRefused, match=f"{engine} at .* user name or password"),
        open_connection(replace(login, password="not-the-password")),
    ):
        pytest.fail("must not open")
    with (
        pytest.raises((DatabaseMissing, PrivilegeMissing)),
        open_connection(replace(login, name="never_there")),
    ):
        pytest.fail("must not open")
