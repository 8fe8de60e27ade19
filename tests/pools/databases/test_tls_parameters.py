"""What each driver is given for each mode: the engines that no server runs of are judged by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from pools.databases.connection import DatabaseLogin, prepare_connection
from pools.databases.engines import ENGINES
from pools.databases.jdbc import JdbcUrl, tls_properties
from pools.states import TlsMode

CA = "-----BEGIN CERTIFICATE-----\nof a test\n-----END CERTIFICATE-----\n"


def login(engine: str, **more: Any) -> DatabaseLogin:
    return DatabaseLogin(engine, "db.acme.example", 5000, "TRAVELER", "lnt", "hush", **more)


def given(engine: str, **more: Any) -> dict[str, Any]:
    """The connection parameters as Django's backend hands them to the driver."""
    connection: Any = prepare_connection(login(engine, **more))
    parameters: dict[str, Any] = connection.get_connection_params()
    return parameters


@pytest.mark.parametrize(
    ("mode", "keywords"),
    [
        (TlsMode.PREFERRED, "Encrypt=yes;TrustServerCertificate=yes"),
        (TlsMode.OFF, "Encrypt=no;TrustServerCertificate=yes"),
        (TlsMode.REQUIRED, "Encrypt=yes;TrustServerCertificate=yes"),
        (TlsMode.VERIFIED, "Encrypt=yes;TrustServerCertificate=no"),
    ],
)
def test_sql_server(mode: TlsMode, keywords: str) -> None:
    connection: Any = prepare_connection(login("sqlserver", tls=mode))
    text = connection._build_connection_string(connection.get_connection_params(), "")

    assert text == (
        "SERVER=db.acme.example,5000;UID=lnt;PWD=hush;DATABASE=TRAVELER;"
        f"KeepAlive=20;KeepAliveInterval=10;{keywords}"
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"tls": TlsMode.OFF}, {"database": "TRAVELER;AUTHENTICATION=SERVER_ENCRYPT"}),
        ({"tls": TlsMode.OFF, "allow_cleartext": True}, {"database": "TRAVELER"}),
        ({"tls": TlsMode.REQUIRED}, {"database": "TRAVELER", "security": "SSL"}),
        (
            {"tls": TlsMode.VERIFIED},
            {"database": "TRAVELER;SSLCLIENTHOSTNAMEVALIDATION=Basic", "security": "SSL"},
        ),
    ],
)
def test_db2(more: dict[str, Any], expected: dict[str, Any]) -> None:
    found = given("db2", **more)

    assert {name: found[name] for name in ("database", "security") if name in found} == expected


def test_db2_is_given_the_authority_as_a_file(settings: Settings, tmp_path: Path) -> None:
    settings.LIFEGUARD_WORK_DIR = tmp_path

    path = Path(given("db2", tls=TlsMode.VERIFIED, ca_pem=CA)["sslservercertificate"])

    assert path.read_text() == CA
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (TlsMode.PREFERRED, {"require_auth": "!password"}),
        (TlsMode.OFF, {"sslmode": "disable", "require_auth": "!password"}),
        (TlsMode.REQUIRED, {"sslmode": "require", "require_auth": "!password"}),
        (TlsMode.VERIFIED, {"sslmode": "verify-full"}),
    ],
)
def test_postgresql(mode: TlsMode, expected: dict[str, str]) -> None:
    found = given("postgresql", tls=mode)

    assert {name: found[name] for name in ("sslmode", "require_auth") if name in found} == expected


@pytest.mark.parametrize(
    ("mode", "ssl_mode"),
    [
        (TlsMode.PREFERRED, None),
        (TlsMode.OFF, "DISABLED"),
        (TlsMode.REQUIRED, "REQUIRED"),
        (TlsMode.VERIFIED, "VERIFY_IDENTITY"),
    ],
)
def test_mysql(mode: TlsMode, ssl_mode: str | None) -> None:
    found = given("mysql", tls=mode)

    assert found.get("ssl_mode") == ssl_mode
    assert ("read_default_file" in found) == (mode != TlsMode.VERIFIED)


@pytest.mark.parametrize(
    ("engine", "options", "name", "value"),
    [
        ("postgresql", (("target_session_attrs", "primary"),), "target_session_attrs", "primary"),
        ("mysql", (("ssl_mode", "REQUIRED"),), "ssl_mode", "REQUIRED"),
        ("db2", (("SSLServerCertificate", "/etc/ca.pem"),), "sslservercertificate", "/etc/ca.pem"),
    ],
)
def test_options_of_an_address_reach_the_driver(
    engine: str, options: tuple[tuple[str, str], ...], name: str, value: str
) -> None:
    assert given(engine, options=options)[name] == value


def test_options_of_an_address_reach_the_driver_of_sql_server() -> None:
    options = (("TrustServerCertificate", "no"), ("HostNameInCertificate", "db"))
    connection: Any = prepare_connection(login("sqlserver", options=options))
    text = connection._build_connection_string(connection.get_connection_params(), "")

    assert text.endswith(";Encrypt=yes;TrustServerCertificate=no;HostNameInCertificate=db")


@pytest.mark.parametrize(
    ("engine", "mode", "tail"),
    [
        ("postgresql", TlsMode.VERIFIED, "?sslmode=verify-full"),
        ("postgresql", TlsMode.REQUIRED, "?sslmode=require"),
        ("mysql", TlsMode.VERIFIED, "?sslMode=VERIFY_IDENTITY"),
        ("mysql", TlsMode.OFF, "?sslMode=DISABLED"),
        ("sqlserver", TlsMode.VERIFIED, ";encrypt=true;trustServerCertificate=false"),
        ("db2", TlsMode.VERIFIED, ":sslConnection=true;sslClientHostnameValidation=BASIC;"),
    ],
)
def test_the_address_that_traveler_is_given_says_the_same(
    engine: str, mode: TlsMode, tail: str
) -> None:
    url = JdbcUrl(engine, "db.acme.example", 5000, "T", tls_properties(engine, mode))

    assert str(url).endswith(tail)


def test_every_engine_says_every_mode() -> None:
    for engine in ENGINES:
        assert tls_properties(engine, TlsMode.PREFERRED) == ()
        assert all(tls_properties(engine, mode) for mode in ("off", "required", "verified"))
