"""`manage.py store_schema`: what a DBA is given, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from console.supervision.ports import free_port
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.store.schema import REQUIRED_LEVEL, schema_level
from tests.factories import DatabaseConfigurationFactory

pytestmark = pytest.mark.django_db


def printed(*arguments: str) -> str:
    output = StringIO()
    call_command("store_schema", *arguments, stdout=output)
    return output.getvalue()


def test_what_is_printed_makes_the_schema(database_login: DatabaseLogin) -> None:
    DatabaseConfigurationFactory(name="Acme EU", database_name="traveler", port=free_port())

    statements = printed("Acme EU")

    with open_connection(database_login) as connection:
        with connection.cursor() as cursor:
            cursor.execute(statements)
        assert schema_level(connection) == REQUIRED_LEVEL


def test_from_the_required_level_there_is_nothing_to_do() -> None:
    DatabaseConfigurationFactory(name="Acme EU")
    lines = printed("Acme EU", "--from", REQUIRED_LEVEL).splitlines()
    assert all(line.startswith("--") for line in lines)


def test_no_password_is_printed() -> None:
    DatabaseConfigurationFactory(name="Acme EU", password="geheim")
    assert "geheim" not in printed("Acme EU")


def test_an_unknown_database_or_level_is_named_with_those_there_are() -> None:
    DatabaseConfigurationFactory(name="Acme EU")
    with pytest.raises(CommandError, match=r"called Acme US\. Known databases: Acme EU"):
        printed("Acme US")
    with pytest.raises(CommandError, match=rf"no level 7\. Known levels: {REQUIRED_LEVEL}"):
        printed("Acme EU", "--from", "7")


def test_an_engine_that_is_not_offered_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = replace(ENGINES["db2"], drivers=("a_driver_nobody_has",))
    monkeypatch.setitem(ENGINES, "db2", nowhere)
    DatabaseConfigurationFactory(name="Acme EU", engine="db2")
    with pytest.raises(CommandError, match="a_driver_nobody_has cannot be loaded"):
        printed("Acme EU")
