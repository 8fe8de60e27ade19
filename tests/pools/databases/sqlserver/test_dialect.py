"""SQL Server's dialect on recorded answers and real exceptions of its driver; no server runs."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest
from mssql_python import exceptions as driver
from mssql_python.exceptions import sqlstate_to_exception

from console.supervision.ports import free_port
from pools.databases.connection import DatabaseLogin, open_connection, prepare_connection
from pools.databases.dialect import Redundancy
from pools.databases.engines import ENGINES
from pools.databases.errors import (
    DatabaseCertificateRefused,
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseMissing,
    DatabasePortClosed,
    DatabaseTimedOut,
    HostUnknown,
    OnlyReadable,
    PrivilegeMissing,
    TooManyConnections,
)
from pools.databases.sqlserver import checks, errors
from tests.pools.databases.scripted import driver_error, scripted

LOGIN = DatabaseLogin("sqlserver", "127.0.0.1", 1433, "TRAVELER", "lntuser", "pa;ss{word}")
SERVER = "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]"
CLIENT = "[Microsoft][ODBC Driver 18 for SQL Server]"


def reported(state: str, text: str) -> DatabaseError:
    """What a person is shown when the driver meets that SQLSTATE and text."""
    cause = sqlstate_to_exception(state, text)
    assert isinstance(cause, driver.Exception)
    return errors.translate(driver_error(cause), "SQL Server at db:1433/TRAVELER")


@pytest.mark.parametrize(
    ("state", "text", "kind", "code"),
    [
        ("28000", f"{SERVER}Login failed for user 'lntuser'.", DatabaseLoginRefused, "18456"),
        (
            "42000",
            f'{SERVER}Cannot open database "TRAVELER" requested by the login. The login failed.',
            DatabaseMissing,
            "4060",
        ),
        (
            "42000",
            (
                f"{SERVER}Could not allocate space for object 'dbo.doc_state' in database "
                "'TRAVELER' "
                "because the 'PRIMARY' filegroup is full."
            ),
            DatabaseFull,
            "1105",
        ),
        (
            "42000",
            f"{SERVER}The transaction log for database 'TRAVELER' is full due to 'LOG_BACKUP'.",
            DatabaseFull,
            "9002",
        ),
        (
            "42000",
            (
                f"{SERVER}The SELECT permission was denied on the object 'users', database "
                "'TRAVELER', schema 'dbo'."
            ),
            PrivilegeMissing,
            "229",
        ),
        (
            "42000",
            f"{SERVER}CREATE TABLE permission denied in database 'TRAVELER'.",
            PrivilegeMissing,
            "262",
        ),
        (
            "42000",
            (
                f"{SERVER}VIEW SERVER STATE permission was denied on object 'server', database "
                "'master'."
            ),
            PrivilegeMissing,
            "300",
        ),
        (
            "42000",
            f'{SERVER}Failed to update database "TRAVELER" because the database is read-only.',
            OnlyReadable,
            "3906",
        ),
        (
            "08001",
            (
                f"{SERVER}Could not connect because the maximum number of '10' user connections "
                "has "
                "already been reached."
            ),
            TooManyConnections,
            "17809",
        ),
        ("08001", f"{CLIENT}TCP Provider: Error code 0x2749", DatabasePortClosed, "10057"),
        ("08001", f"{CLIENT}TCP Provider: Error code 0x2AF9", HostUnknown, "11001"),
        ("08001", f"{CLIENT}TCP Provider: Timeout error [258]. ", DatabaseTimedOut, "258"),
        ("08S01", f"{CLIENT}TCP Provider: Error code 0x2746", DatabaseConnectionLost, "10054"),
        (
            "08001",
            f"{CLIENT}Named Pipes Provider: Could not open a connection to SQL Server [53]. ",
            DatabasePortClosed,
            "53",
        ),
        (
            "08001",
            f"{CLIENT}SSL Provider: [error:0A000086:SSL routines::certificate verify failed]",
            DatabaseCertificateRefused,
            "",
        ),
        # A login with another default language: the driver's own words decide.
        (
            "28000",
            f"{SERVER}Fehler bei der Anmeldung für den Benutzer 'lntuser'.",
            DatabaseLoginRefused,
            "",
        ),
        ("08S01", f"{CLIENT}Kommunikationsfehler", DatabaseConnectionLost, ""),
        ("HY000", f"{SERVER}Something nobody foresaw.", DatabaseError, ""),
    ],
)
def test_each_error_has_words_and_keeps_its_number(
    state: str, text: str, kind: type[DatabaseError], code: str
) -> None:
    error = reported(state, text)

    assert type(error) is kind
    assert error.code == code
    assert code in str(error)
    assert error.remedy
    assert "lntuser" not in str(error)


def test_a_refused_login_has_the_words_of_the_others() -> None:
    assert str(reported("28000", f"{SERVER}Login failed for user 'lntuser'.")) == (
        "SQL Server at db:1433/TRAVELER: The database refuses this user name or password. (18456)"
    )


def test_the_connection_is_encrypted_and_never_tried_twice() -> None:
    options = prepare_connection(LOGIN, connect_timeout=7).settings_dict["OPTIONS"]

    assert options["python_driver"] == "mssql_python"
    assert options["connection_timeout"] == 7
    assert options["connection_retries"] == 0
    assert "Encrypt=yes" in options["extra_params"]
    assert "KeepAlive=" in options["extra_params"]


def test_a_password_with_separators_stays_one_value() -> None:
    connection: Any = prepare_connection(LOGIN)
    text = connection._build_connection_string(connection.get_connection_params(), "")

    assert "PWD={pa;ss{word}}}" in text
    assert "SERVER=127.0.0.1,1433" in text


def test_the_driver_s_own_faults_are_diagnosed() -> None:
    with (
        pytest.raises(DatabasePortClosed, match="nothing listens"),
        open_connection(replace(LOGIN, port=free_port()), connect_timeout=1),
    ):
        pytest.fail("must not open")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        login = replace(LOGIN, port=silent.getsockname()[1])
        with pytest.raises(DatabaseTimedOut), open_connection(login, connect_timeout=1):
            pytest.fail("must not open")


def test_the_version_is_measured_by_the_driver_s_minimum() -> None:
    version = checks.version(scripted({"ProductVersion": "13.0.7037.1"}))
    minimum = ENGINES["sqlserver"].minimum(version)

    assert version == "SQL Server 13.0.7037.1"
    assert minimum is not None
    assert minimum.version == "14.0"


@pytest.mark.parametrize(
    ("collation", "folding"),
    [
        ("SQL_Latin1_General_CP1_CI_AS", "SQL_Latin1_General_CP1_CI_AS"),
        ("Latin1_General_100_CS_AS_SC_UTF8", ""),
        ("Latin1_General_BIN2", ""),
    ],
)
def test_names_are_utf16_and_the_collation_decides_what_is_equal(
    collation: str, folding: str
) -> None:
    code_set = checks.code_set(scripted({"Collation": collation}))

    assert code_set.suffices
    assert code_set.folding == folding


HELD = [
    {"privilege": "CREATE TABLE", "place": "the database", "held": 1},
    {"privilege": "SELECT", "place": "the schema", "held": 1},
]


def test_privileges_and_the_default_schema() -> None:
    def missing(schema: str, rows: list[dict[str, object]]) -> list[str]:
        answers = {"HAS_PERMS_BY_NAME": rows, "SELECT SCHEMA_NAME()": "dbo"}
        return checks.missing_privileges(scripted(answers), schema)  # type: ignore[arg-type]

    assert missing("", HELD) == []
    assert missing("DBO", HELD) == []
    assert missing("LNT", HELD) == ["the default schema LNT: it has dbo"]
    assert missing("", [{**HELD[0], "held": 0}, HELD[1]]) == ["CREATE TABLE on the database"]
    assert missing("", [{**HELD[0], "held": None}]) == ["CREATE TABLE on the database"]


GROWING = {"name": "T", "size": 1000, "max_size": -1, "growth": 8192, "used": 900}


def test_room_inside_files_that_do_not_grow() -> None:
    room = checks.room(scripted({"database_files WHERE": [{**GROWING, "growth": 0}]}))

    assert room.free == 100 * 8192
    assert "do not grow" in room.text


def test_room_up_to_the_limit_of_the_files() -> None:
    room = checks.room(scripted({"database_files WHERE": [{**GROWING, "max_size": 2000}]}))

    assert room.free == 1100 * 8192


def test_room_on_the_disks_below() -> None:
    volumes = [{"place": "D:\\", "free": 5 * 1024**3}, {"place": "E:\\", "free": 2 * 1024**3}]
    room = checks.room(scripted({"dm_os_volume_stats": volumes, "database_files WHERE": [GROWING]}))

    assert room.free == 2 * 1024**3
    assert "2.0 GB on E:\\" in room.text


NO_SAFEGUARD = {"in_group": 0, "is_clustered": 0, "mirroring": None, "updateability": "READ_WRITE"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {},
            Redundancy("No availability group, no mirroring and no failover cluster.", False),
        ),
        ({"is_clustered": 1}, Redundancy("The server is a failover cluster instance.", True)),
        ({"mirroring": "SYNCHRONIZED"}, Redundancy("Mirrored: SYNCHRONIZED.", True)),
        (
            {"in_group": 1},
            Redundancy("Always On; other replicas: SYNCHRONIZED, SYNCHRONIZING.", True),
        ),
        (
            {"updateability": "READ_ONLY"},
            Redundancy("No availability group, no mirroring and no failover cluster.", False, True),
        ),
    ],
)
def test_what_stands_by(change: dict[str, object], expected: Redundancy) -> None:
    replicas = [
        {"is_local": True, "state": "SYNCHRONIZED"},
        {"is_local": False, "state": "SYNCHRONIZED"},
        {"is_local": False, "state": "SYNCHRONIZING"},
    ]
    answers = {"dm_hadr": replicas, "sys.databases": [NO_SAFEGUARD | change]}

    assert checks.availability(scripted(answers)) == expected  # type: ignore[arg-type]
