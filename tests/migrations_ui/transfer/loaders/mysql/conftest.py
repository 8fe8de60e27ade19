"""SQL written independently of the engine, on the MariaDB it writes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import MySQLdb
import pytest

from pools.databases.connection import DatabaseLogin

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def ask(mariadb_login: DatabaseLogin) -> Iterator[Ask]:
    """Runs one statement, commits it, and gives its rows."""
    connection = MySQLdb.connect(
        host=mariadb_login.host,
        port=mariadb_login.port,
        user=mariadb_login.user,
        password=mariadb_login.password,
        database=mariadb_login.name,
        charset="utf8mb4",
        autocommit=True,
    )

    def run(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    run("SET time_zone = '+00:00'")
    try:
        yield run
    finally:
        connection.close()
