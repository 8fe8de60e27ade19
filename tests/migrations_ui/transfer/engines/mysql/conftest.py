"""SQL written independently of the engine, on the MariaDB it writes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import MySQLdb
import pytest

from pools.databases.connection import DatabaseLogin

Ask = Callable[..., list[tuple[Any, ...]]]


@contextmanager
def ask_in(login: DatabaseLogin) -> Iterator[Ask]:
    """Runs one statement at a time, commits it, and gives its rows."""
    connection = MySQLdb.connect(
        host=login.host,
        port=login.port,
        user=login.user,
        password=login.password,
        database=login.name,
        charset="utf8mb4",
        autocommit=True,
    )

    def ask(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    ask("SET time_zone = '+00:00'")
    try:
        yield ask
    finally:
        # A test may have ended the server.
        with suppress(MySQLdb.Error):
            connection.close()


@pytest.fixture
def ask(mariadb_login: DatabaseLogin) -> Iterator[Ask]:
    with ask_in(mariadb_login) as asking:
        yield asking
