"""A Derby database to fill, and the engine's view of its private copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.snapshot import take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.derby_sample import DerbySample

OpenSource = Callable[[], AbstractContextManager[DerbySource]]


@pytest.fixture(autouse=True)
def _managed_databases_allowed(django_db_blocker: Any) -> Iterator[None]:
    """The target is opened through a Django backend that is not in settings.DATABASES."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def toolchain(tmp_path_factory: pytest.TempPathFactory) -> JavaToolchain:
    return JavaToolchain(
        java=settings.LIFEGUARD_JAVA,
        javac=settings.LIFEGUARD_JAVAC,
        derby_classpath=settings.LIFEGUARD_DERBY_CLASSPATH,
        work_directory=tmp_path_factory.mktemp("work"),
    )


@pytest.fixture
def derby(tmp_path: Path) -> DerbySample:
    return DerbySample(tmp_path / "ntsdb")


@pytest.fixture
def open_source(derby: DerbySample, tmp_path: Path, toolchain: JavaToolchain) -> OpenSource:
    """Opens a fresh private copy of `derby`."""

    def open_copy() -> DerbySource:
        copied = tmp_path / "copy"
        take_copy(derby.directory, copied)
        return DerbySource(copied, toolchain=toolchain)

    return open_copy


@pytest.fixture
def target(database_login: DatabaseLogin) -> Iterator[psycopg.Connection[Any]]:
    """An autocommitting connection to the target, for SQL written independently."""
    with psycopg.connect(
        host=database_login.host,
        port=database_login.port,
        dbname=database_login.name,
        user=database_login.user,
        password=database_login.password,
        autocommit=True,
    ) as connection:
        connection.execute("SET timezone = 'UTC'")
        yield connection
