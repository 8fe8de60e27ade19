"""Database servers given from outside, by environment variables, for the engines' own tests.

LIFEGUARD_TEST_POSTGRESQL_URL=postgresql://user:password@host:port/name, and so for MYSQL,
SQLSERVER and DB2 (docs/engines.md). The database has to be empty: the tests create tables in it
and drop them again. Without a variable PostgreSQL and MySQL are tested on embedded servers, the
others are skipped, and the skipped test says which variable is missing.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES
from pools.lab.directory import parse_database_url

EMBEDDED = {"postgresql": "database_login", "mysql": "mariadb_login"}


def url_variable(engine: str) -> str:
    """The environment variable that names a server of this engine."""
    return f"LIFEGUARD_TEST_{engine.upper()}_URL"


def given_login(engine: str) -> DatabaseLogin | None:
    """The login of the server that the environment names, or None."""
    url = os.environ.get(url_variable(engine), "")
    return replace(parse_database_url(url), engine=engine) if url else None


def engine_login(engine: str, request: pytest.FixtureRequest) -> DatabaseLogin:
    """An empty database of that engine; skips the test when there is no server for it."""
    login = given_login(engine)
    if login is not None:
        return login
    if engine not in EMBEDDED:
        pytest.skip(f"Nothing to test {ENGINES[engine].name} on: set {url_variable(engine)}.")
    embedded: DatabaseLogin = request.getfixturevalue(EMBEDDED[engine])
    return embedded
