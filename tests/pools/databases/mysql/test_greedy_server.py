"""A MySQL server that asks for files of the worker's is given none, whatever is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import MySQLdb
import pytest

from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.mysql.local_infile import local_infile
from migrations_ui.transfer.errors import TargetError
from pools.checks.database import run_checks
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.errors import DatabaseError
from tests.pools.databases.mysql.greedy_server import GreedyMySQL, greedy_mysql

SECRET = b"SECRET_KEY=of-the-worker"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_bytes(SECRET)
    return path


@pytest.fixture(autouse=True)
def _managed_databases_allowed(django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's
        yield


def login_of(server: GreedyMySQL) -> DatabaseLogin:
    return DatabaseLogin("mysql", "127.0.0.1", server.port, "traveler", "traveler", "secret")


def use(login: DatabaseLogin) -> None:
    """Everything that a worker opens: the checks, a backend, the copy's target, a read-back."""
    run_checks(login)
    with open_connection(login) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with open_target(login) as target:
        target.execute("SELECT 1")
        assert target.operations.row_syntax


@pytest.mark.parametrize("polite", range(6))
@pytest.mark.timeout(60)
def test_no_query_makes_it_read_a_file(env: Path, polite: int) -> None:
    """Whichever statement of a session is answered so, the driver's own among them."""
    with greedy_mysql(str(env), polite=polite) as server:
        for _ in range(2):
            try:
                use(login_of(server))
            except (DatabaseError, TargetError, MySQLdb.Error):
                continue
        assert server.requests
        assert server.stolen == []


def test_a_driver_that_may_send_files_sends_this_one(env: Path) -> None:
    """So nothing of what this file asserts is due to the server."""
    with greedy_mysql(str(env), polite=100) as server:
        connection = MySQLdb.connect(
            host="127.0.0.1", port=server.port, user="u", password="p", local_infile=True
        )
        server.polite = 0
        connection.query("SELECT 1")
        assert server.stolen == [SECRET]


def test_our_own_load_is_answered_with_our_stream_whatever_file_is_asked_for(env: Path) -> None:
    with greedy_mysql(str(env), polite=100) as server:
        with open_target(login_of(server)) as target:
            server.polite = 0
            connection = target.backend.connection
            with local_infile(connection, "`t`", "(`a`)") as sink:
                sink.write(memoryview(b"1\trow\n" * 100_000))
            assert b"".join(server.stolen) == b"1\trow\n" * 100_000
            # The next one is no load.
            server.stolen.clear()
            with pytest.raises((TargetError, MySQLdb.Error)):
                target.execute("SELECT 1")
        assert server.requests == 2
    assert server.stolen == []


def test_an_empty_load_sends_nothing_and_leaves_no_descriptor(env: Path) -> None:
    with (
        greedy_mysql(str(env), polite=100) as server,
        open_target(login_of(server)) as target,
    ):
        server.polite = 0
        before = len(list(Path("/proc/self/fd").iterdir()))
        with local_infile(target.backend.connection, "`t`", "(`a`)"):
            pass
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        assert (server.requests, server.stolen) == (1, [])
