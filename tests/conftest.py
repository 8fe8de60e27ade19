"""Real servers for the tests, started once a session on free loopback ports."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from pools.databases.connection import DatabaseLogin
from pools.lab import derby

# How long an example takes is the machine's affair; where a run decides about a change, it tries
# the same examples each time.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("suite")

# A test's JVM lives for a second: the compiler that thinks longer costs more than it gains.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
# A process has one JVM: a lab's Derby may have started it that is then to hold large objects.
derby.HEAP = "2g"

# A killed server's files are as it wrote them; only a machine without power would lose some.
NO_WAITING_FOR_DISKS = {
    "postgresql": ("fsync=off",),
    "mysql": ("--innodb-flush-method=nosync", "--innodb-doublewrite=OFF"),
}


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgreSQL]:
    """A PostgreSQL server of the session's own."""
    directory = tmp_path_factory.mktemp("servers") / "postgresql"
    with EmbeddedPostgreSQL(directory, options=NO_WAITING_FOR_DISKS["postgresql"]) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedMariaDB]:
    """A MariaDB server of the session's own."""
    directory = tmp_path_factory.mktemp("servers") / "mariadb"
    with EmbeddedMariaDB(directory, options=NO_WAITING_FOR_DISKS["mysql"]) as server:
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """A Redis server of the session's own."""
    with EmbeddedRedis(tmp_path_factory.mktemp("servers") / "redis") as server:
        yield server


@pytest.fixture
def database_login(postgresql: EmbeddedPostgreSQL) -> DatabaseLogin:
    """A fresh, empty, UTF-8 PostgreSQL database with an owner of its own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    postgresql.create_role(name, "secret-of-the-test")
    postgresql.create_database(name, owner=name)
    return DatabaseLogin(
        engine="postgresql",
        host="127.0.0.1",
        port=postgresql.port,
        name=name,
        user=name,
        password="secret-of-the-test",
    )


@pytest.fixture
def mariadb_login(mariadb: EmbeddedMariaDB) -> DatabaseLogin:
    """A fresh, empty, utf8mb4 MariaDB database with an owner of its own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    mariadb.create_role(name, "secret-of-the-test")
    mariadb.create_database(name, owner=name)
    return DatabaseLogin(
        engine="mysql",
        host="127.0.0.1",
        port=mariadb.port,
        name=name,
        user=name,
        password="secret-of-the-test",
    )
