"""Where a Traveler works once it is set to a database: in the schema that the console knows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psycopg
from pytest_django.plugin import DjangoDbBlocker

from pools.databases.connection import DatabaseLogin
from pools.lab.nsf import NsfDatabaseSetting
from pools.lab.startup import open_store
from tests.factories import DatabaseConfigurationFactory


def test_tables_are_made_in_the_schema_of_the_address_and_nowhere_else(
    database_login: DatabaseLogin, django_db_blocker: DjangoDbBlocker
) -> None:
    database = DatabaseConfigurationFactory.build(
        host=database_login.host,
        port=database_login.port,
        database_name=database_login.name,
        username=database_login.user,
        password=database_login.password,
        schema="Trav",
    )
    with psycopg.connect(_address(database_login), autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "Trav"')
    host: Any = SimpleNamespace(
        entry=SimpleNamespace(plan=SimpleNamespace(version="14.5.1")),
        notes_ini_values=dict,
        derby_exists=lambda: False,
    )
    setting = NsfDatabaseSetting(database.jdbc_url, database.username, database.password)

    with django_db_blocker.unblock():
        control: Any = None
        open_store(host, setting, lambda _line: None, control).close()

    with psycopg.connect(_address(database_login)) as connection:
        made = connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname IN ('public', 'Trav')"
        ).fetchall()
    assert made == [("Trav",)]


def _address(login: DatabaseLogin) -> str:
    return (
        f"host={login.host} port={login.port} dbname={login.name} user={login.user} "
        f"password={login.password}"
    )
