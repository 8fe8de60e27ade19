"""TLS to real servers with an authority of the test's own: right, wrong, another name, none."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.checks.database import run_checks
from pools.checks.report import CheckResult
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.dialect import Encryption
from pools.databases.errors import (
    CleartextRefused,
    DatabaseCertificateRefused,
    DatabaseError,
    EncryptionFailed,
)
from pools.databases.protection import CLEARTEXT, LOCAL, OPEN, assess_protection
from pools.states import Severity, TlsMode
from tests.authority import Authority

OURS, FOREIGN = Authority("Acme"), Authority("Somebody else")
ENGINES = ["postgresql", "mysql"]
# 127.0.0.1 by a name that is not in its certificate: libpq takes 127.1 for the address itself, and
# MySQL's client localhost for a socket file.
ANOTHER_NAME = {"postgresql": "localhost", "mysql": "127.1"}


@pytest.fixture(autouse=True)
def _own_work_dir(settings: Settings, tmp_path: Path) -> None:
    settings.LIFEGUARD_WORK_DIR = tmp_path


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, DatabaseLogin]]:
    """A server of each engine whose certificate names 127.0.0.1; its administrator's login.

    PostgreSQL asks for the password as it is.
    """
    # The wheel's build has no TLS.
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("Nothing to test TLS on: install Debian's postgresql.")
    folder = tmp_path_factory.mktemp("encrypted")
    files = OURS.issue(folder, address="127.0.0.1")
    rules = folder / "pg_hba.conf"
    rules.write_text("host all all 127.0.0.1/32 password\n")
    postgresql = EmbeddedPostgreSQL(
        folder / "postgresql",
        programs=programs[-1],
        options=(
            *("fsync=off", "ssl=on", f"hba_file={rules}"),
            *(f"ssl_cert_file={files.certificate}", f"ssl_key_file={files.key}"),
        ),
    )
    mariadb = EmbeddedMariaDB(
        folder / "mariadb", options=(f"--ssl-cert={files.certificate}", f"--ssl-key={files.key}")
    )
    with postgresql, mariadb:
        yield {
            server.engine: DatabaseLogin(
                engine=server.engine,
                host="127.0.0.1",
                port=server.port,
                name=name,
                user=server.user,
                password=server.password,
            )
            for server, name in ((postgresql, "postgres"), (mariadb, "mysql"))
        }


def tls_line(login: DatabaseLogin) -> CheckResult:
    report = run_checks(login)
    line = report.line("tls")
    assert line is not None, report.results
    return line


@pytest.mark.parametrize("engine", ENGINES)
def test_the_right_authority_is_reported_with_what_was_negotiated(
    encrypted: dict[str, DatabaseLogin], engine: str
) -> None:
    line = tls_line(replace(encrypted[engine], tls=TlsMode.VERIFIED, ca_pem=OURS.pem))

    assert line.passed
    assert line.fact.startswith("TLSv1.3, TLS_")
    assert "certificate and name verified with the authority entered here" in line.seen


@pytest.mark.parametrize("engine", ENGINES)
def test_another_authority_is_refused(encrypted: dict[str, DatabaseLogin], engine: str) -> None:
    login = replace(encrypted[engine], tls=TlsMode.VERIFIED, ca_pem=FOREIGN.pem)

    with pytest.raises(DatabaseCertificateRefused), open_connection(login):
        pass


@pytest.mark.parametrize("engine", ENGINES)
def test_an_authority_nobody_knows_is_refused_without_a_file_too(
    encrypted: dict[str, DatabaseLogin], engine: str
) -> None:
    with (
        pytest.raises(DatabaseCertificateRefused),
        open_connection(replace(encrypted[engine], tls=TlsMode.VERIFIED)),
    ):
        pass


@pytest.mark.parametrize("engine", ENGINES)
def test_another_name_is_refused(encrypted: dict[str, DatabaseLogin], engine: str) -> None:
    login = replace(
        encrypted[engine], host=ANOTHER_NAME[engine], tls=TlsMode.VERIFIED, ca_pem=OURS.pem
    )

    with pytest.raises(DatabaseCertificateRefused), open_connection(login):
        pass


@pytest.mark.parametrize("engine", ENGINES)
def test_without_verification_that_is_said(
    encrypted: dict[str, DatabaseLogin], engine: str
) -> None:
    login = replace(encrypted[engine], tls=TlsMode.REQUIRED, allow_cleartext=engine != "mysql")

    line = tls_line(login)

    assert not line.passed
    assert "the server is not verified" in line.seen
    assert line.remedy


@pytest.mark.parametrize("engine", ENGINES)
def test_off_is_off(encrypted: dict[str, DatabaseLogin], engine: str) -> None:
    line = tls_line(replace(encrypted[engine], tls=TlsMode.OFF, allow_cleartext=True))

    assert (line.passed, line.seen, line.fact) == (True, LOCAL, "")


@pytest.mark.parametrize("fixture", ["database_login", "mariadb_login"])
@pytest.mark.parametrize("mode", [TlsMode.REQUIRED, TlsMode.VERIFIED])
def test_a_server_without_tls_is_not_spoken_to(
    request: pytest.FixtureRequest, fixture: str, mode: TlsMode
) -> None:
    login: DatabaseLogin = request.getfixturevalue(fixture)

    with pytest.raises(EncryptionFailed), open_connection(replace(login, tls=mode)):
        pass
    with open_connection(replace(login, tls=TlsMode.OFF)):
        pass


def test_a_password_is_sent_as_it_is_to_a_verified_server_only(
    encrypted: dict[str, DatabaseLogin],
) -> None:
    login = encrypted["postgresql"]
    for mode in (TlsMode.PREFERRED, TlsMode.OFF, TlsMode.REQUIRED):
        with pytest.raises(CleartextRefused), open_connection(replace(login, tls=mode)):
            pass
        with open_connection(replace(login, tls=mode, allow_cleartext=True)):
            pass
    with open_connection(replace(login, tls=TlsMode.VERIFIED, ca_pem=OURS.pem)):
        pass


def packet(number: int, payload: bytes) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


def read_packet(peer: socket.socket) -> bytes:
    header = peer.recv(4, socket.MSG_WAITALL)
    length = int.from_bytes(header[:3], "little")
    return peer.recv(length, socket.MSG_WAITALL) if len(header) == 4 else b""


@contextmanager
def curious_server() -> Iterator[tuple[int, list[bytes]]]:
    """Speaks MySQL's protocol far enough to ask for the password as it is."""
    greeting = (
        b"\x0a8.0.36\x00"
        + struct.pack("<I", 7)
        + b"a" * 8
        + b"\x00"
        + struct.pack("<HBHH", 0xA20D, 45, 2, 0x0008)
        + bytes([21])
        + bytes(10)
        + b"b" * 12
        + b"\x00mysql_native_password\x00"
    )
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                peer, _address = listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(5)
                try:
                    peer.sendall(packet(0, greeting))
                    if read_packet(peer):
                        peer.sendall(packet(2, b"\xfemysql_clear_password\x00\x00"))
                        heard.append(read_packet(peer))
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize("allowed", [False, True])
def test_a_server_that_asks_for_the_password_as_it_is_gets_it_by_a_setting_only(
    allowed: bool,
) -> None:
    with curious_server() as (port, heard):
        login = DatabaseLogin(
            engine="mysql", host="127.0.0.1", port=port, name="t", user="u", password="hush-hush"
        )
        expected = DatabaseError if allowed else CleartextRefused
        with (
            pytest.raises(expected),
            open_connection(replace(login, allow_cleartext=allowed)),
        ):
            pass

    assert any(b"hush-hush" in each for each in heard) is allowed


@pytest.mark.parametrize(
    ("changes", "encrypted", "passed", "said", "severity"),
    [
        ({}, False, False, OPEN, Severity.WARNING),
        ({"allow_cleartext": True}, False, False, CLEARTEXT, Severity.WARNING),
        ({"tls": "required"}, True, False, "not verified", Severity.INFORMATION),
        ({"tls": "required", "allow_cleartext": True}, True, False, CLEARTEXT, Severity.WARNING),
        ({"tls": "verified"}, True, True, "this worker's authorities", None),
        ({"tls": "verified"}, False, False, OPEN, Severity.WARNING),
        ({"host": "127.0.0.1"}, False, True, LOCAL, None),
    ],
)
def test_what_will_do_and_what_not(
    changes: dict[str, Any], encrypted: bool, passed: bool, said: str, severity: Severity | None
) -> None:
    login = DatabaseLogin("db2", "db.acme.example", 50000, "TRAVELER", "u", "p")

    found = assess_protection(replace(login, **changes), Encryption("TLS", encrypted))

    assert (not found.remedy, found.severity) == (passed, severity)
    assert said in found.text
