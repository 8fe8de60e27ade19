"""Options of DATABASE_URL: each of them reaches the driver, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from console.settings.databases import console_database

HOST = "user:pass%40word@db.acme.example"

CASES: list[tuple[str, dict[str, Any]]] = [
    (
        f"postgresql://{HOST}:5432/lifeguard?sslmode=verify-full&sslrootcert=/etc/ca.pem&pool=false",
        {"OPTIONS": {"pool": False, "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}},
    ),
    (
        f"postgresql://{HOST}:5432/lifeguard?connect_timeout=5&CONN_MAX_AGE=60",
        {"CONN_MAX_AGE": 60, "OPTIONS": {"pool": True, "connect_timeout": 5}},
    ),
    (
        f"mysql://{HOST}:3306/lifeguard?ssl_ca=/etc/ca.pem&ssl_cert=/etc/me.pem&connect_timeout=5",
        {
            "OPTIONS": {
                "ssl_mode": "VERIFY_IDENTITY",
                "ssl": {"ca": "/etc/ca.pem", "cert": "/etc/me.pem"},
                "connect_timeout": 5,
            }
        },
    ),
    (
        f"mysql://{HOST}:3306/lifeguard?ssl_mode=REQUIRED",
        {"OPTIONS": {"ssl_mode": "REQUIRED"}},
    ),
    (
        f"mssql://{HOST}:1433/lifeguard?Encrypt=yes&TrustServerCertificate=yes&query_timeout=9",
        {
            "OPTIONS": {
                "python_driver": "mssql_python",
                "query_timeout": 9,
                "extra_params": "Encrypt=yes;TrustServerCertificate=yes",
            }
        },
    ),
    (
        f"mssql://{HOST}:1433/lifeguard?extra_params=KeepAlive=20&HostNameInCertificate=a;b",
        {
            "OPTIONS": {
                "python_driver": "mssql_python",
                "extra_params": "KeepAlive=20;HostNameInCertificate={a;b}",
            }
        },
    ),
    (
        (
            f"db2://{HOST}:50001/LIFEGUARD?security=SSL&SSLServerCertificate=/etc/ca.pem"
            "&SSLClientHostnameValidation=Basic"
        ),
        {
            "NAME": "LIFEGUARD;SSLCLIENTHOSTNAMEVALIDATION=Basic",
            "SECURITY": "SSL",
            "SSLSERVERCERTIFICATE": "/etc/ca.pem",
        },
    ),
    (
        "sqlite:////tmp/lifeguard.sqlite3?timeout=5",
        {
            "OPTIONS": {
                "timeout": 5,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        },
    ),
]


@pytest.mark.parametrize(("url", "expected"), CASES)
def test_every_option_of_the_url_is_in_the_settings(url: str, expected: dict[str, Any]) -> None:
    entry = console_database(url)

    assert {name: entry.get(name) for name in expected} == expected
    if "@" in url:
        assert (entry["USER"], entry["PASSWORD"]) == ("user", "pass@word")


def params(url: str) -> dict[str, Any]:
    """What Django's backend gives the driver."""
    connection = ConnectionHandler({"default": console_database(url)})["default"]
    found: dict[str, Any] = connection.get_connection_params()
    return found


def test_the_driver_of_postgresql_gets_them() -> None:
    found = params(f"postgresql://{HOST}:5432/x?sslmode=verify-full&pool=false")
    assert found["sslmode"] == "verify-full"


def test_the_driver_of_mysql_gets_them() -> None:
    found = params(f"mysql://{HOST}:3306/x?ssl_ca=/etc/ca.pem")
    assert (found["ssl_mode"], found["ssl"]) == ("VERIFY_IDENTITY", {"ca": "/etc/ca.pem"})


def test_the_driver_of_sql_server_gets_them() -> None:
    connection: Any = ConnectionHandler(
        {"default": console_database(f"mssql://{HOST}:1433/x?TrustServerCertificate=yes")}
    )["default"]
    build: Callable[..., str] = connection._build_connection_string
    text = build(connection.get_connection_params(), "")
    assert text.endswith(";TrustServerCertificate=yes")
