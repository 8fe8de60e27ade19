"""SQLite in the place of SQL Server and Db2 (sqlite_engine.py), and SQL on it of the tests' own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from migrations_ui.transfer.engines import LOADERS
from pools.databases.connection import DatabaseLogin


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatabaseLogin:
    monkeypatch.setitem(LOADERS, "sqlite", "tests.migrations_ui.transfer.engines.sqlite_engine")
    return DatabaseLogin("sqlite", "", 0, str(tmp_path / "target.db"), "", "")


@pytest.fixture
def ask(login: DatabaseLogin) -> Iterator[Any]:
    # Asked from the copying threads as well, one at a time.
    options: dict[str, Any] = {"isolation_level": None, "check_same_thread": False}
    with closing(sqlite3.connect(login.name, **options)) as connection:
        # A reader beside a writer, as the verification needs.
        connection.execute("PRAGMA journal_mode = WAL")
        yield lambda statement: connection.execute(statement).fetchall()
