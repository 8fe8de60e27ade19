"""Opening a managed database: errors with words, secrets nowhere, nothing left open."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from pools.databases.connection import DatabaseLogin, open_connection, prepare_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import (
    DatabaseLoginRefused,
    DatabasePortClosed,
    DriverMissing,
    HostUnknown,
    WrongEngine,
)
from pools.databases.postgresql import errors


def test_a_connection_answers_and_is_closed(database_login: DatabaseLogin) -> None:
    with open_connection(database_login) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 40 + 2")
        assert cursor.fetchone() == (42,)

    assert connection.connection is None


def test_it_is_never_among_the_settings_databases(database_login: DatabaseLogin) -> None:
    with open_connection(database_login) as connection:
        assert connection not in connections.all()
        assert list(connections) == ["default"]


def test_the_schema_is_chosen_whatever_its_name(database_login: DatabaseLogin) -> None:
    name = 'a b"c\\d'
    with open_connection(database_login) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {connection.ops.quote_name('plain')}")
        cursor.execute('CREATE SCHEMA "a b""c\\d"')

    login = replace(database_login, schema=name)
    with open_connection(login) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        assert cursor.fetchone() == (name,)


def test_faults_are_distinguished(
    database_login: DatabaseLogin, redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = replace(ENGINES["db2"], drivers=("a_driver_nobody_has",))
    monkeypatch.setitem(ENGINES, "db2", nowhere)
    faults: list[tuple[type[Exception], dict[str, object]]] = [
        (HostUnknown, {"host": "no-such-host.invalid"}),
        (DatabasePortClosed, {"port": free_port()}),
        (DatabaseLoginRefused, {"password": "wrong"}),
        (WrongEngine, {"port": redis.port}),
        (DriverMissing, {"engine": "db2"}),
    ]
    for expected, change in faults:
        login = replace(database_login, **change)  # type: ignore[arg-type]
        with pytest.raises(expected), open_connection(login, connect_timeout=2):
            pytest.fail("must not open")


def test_a_driver_that_cannot_be_loaded_is_named_with_the_reason(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken_backend").mkdir()
    (tmp_path / "broken_backend" / "base.py").write_text("raise ImportError('libxml2.so.2')")
    monkeypatch.syspath_prepend(tmp_path)
    facts = replace(ENGINES[database_login.engine], backend="broken_backend")
    monkeypatch.setitem(ENGINES, database_login.engine, facts)

    with pytest.raises(DriverMissing, match=r"PostgreSQL cannot be loaded: .*libxml2"):
        prepare_connection(database_login)


def test_no_error_and_no_repr_carries_the_password(database_login: DatabaseLogin) -> None:
    secret = "only-here-9f3b"
    login = replace(database_login, password=secret)

    with pytest.raises(DatabaseLoginRefused) as caught, open_connection(login):
        pytest.fail("must not open")

    assert secret not in repr(login)
    assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.code == "28P01" or "28P01" not in str(caught.value)


def test_an_address_that_swallows_packets_ends_at_the_time_limit(
    database_login: DatabaseLogin,
) -> None:
    """A full backlog behaves like a firewall that drops: nobody ever accepts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        clogs = [socket.socket() for _ in range(4)]
        for clog in clogs:
            clog.setblocking(False)
            clog.connect_ex(("127.0.0.1", port))
        try:
            with (
                pytest.raises(DatabasePortClosed, match="no answer within"),
                open_connection(replace(database_login, port=port), connect_timeout=2),
            ):
                pytest.fail("must not open")
        finally:
            for clog in clogs:
                clog.close()


@pytest.mark.parametrize(
    "said",
    [
        "connection failed: FATAL:  the database system is starting up",
        "connection failed: FATAL:  the database system is not yet accepting connections",
        "connection failed: FATAL:  the database system is in recovery mode",
        "connection failed: could not receive data from server: Connection reset by peer",
        "consuming input failed: server closed the connection unexpectedly",
        "sending query failed: could not send data to server: Broken pipe",
        "consuming input failed: SSL error: unexpected eof while reading",
        "the connection is closed",
        "the connection is lost",
        "connection already closed",
    ],
)
def test_a_server_that_restarts_is_known_to_come_back(said: str) -> None:
    assert errors.translate(OperationalError(said), "db:5432").is_transient
