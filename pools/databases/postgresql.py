"""PostgreSQL: how to connect, and what its errors mean."""

from __future__ import annotations

from typing import Any

from django.db import Error

from pools.databases.errors import (
    ConnectionLost,
    DatabaseError,
    DatabaseMissing,
    HostUnknown,
    LoginRefused,
    PortClosed,
    PrivilegeMissing,
    WrongEngine,
)

BY_SQLSTATE: dict[str, type[DatabaseError]] = {
    "28P01": LoginRefused,
    "28000": LoginRefused,
    "3D000": DatabaseMissing,
    "42501": PrivilegeMissing,
    "57P01": ConnectionLost,
    "57P02": ConnectionLost,
    "57P03": ConnectionLost,
}

# libpq gives no SQLSTATE before the server has spoken; its wording is stable.
BY_WORDING: tuple[tuple[str, type[DatabaseError]], ...] = (
    ("failed to resolve host", HostUnknown),
    ("could not translate host name", HostUnknown),
    ("[errno -", HostUnknown),
    ("password authentication failed", LoginRefused),
    ("no pg_hba.conf entry", LoginRefused),
    ("does not exist", DatabaseMissing),
    ("received invalid response", WrongEngine),
    ("expected authentication request", WrongEngine),
    ("unsupported frontend protocol", WrongEngine),
    ("connection refused", PortClosed),
    ("timeout expired", PortClosed),
    ("connection timeout", PortClosed),
    ("no route to host", PortClosed),
    ("server closed the connection", ConnectionLost),
    ("the connection is closed", ConnectionLost),
    ("terminating connection", ConnectionLost),
)


def options(schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options; keepalives so that a vanished server is noticed within a minute."""
    chosen: dict[str, Any] = {
        "connect_timeout": connect_timeout,
        "application_name": "lifeguard",
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    if schema:
        chosen["options"] = f'-c search_path="{schema}"'
    return chosen


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text, which may hold
    a connection string."""
    cause = error.__cause__ or error
    code = getattr(cause, "sqlstate", None) or ""
    kind = BY_SQLSTATE.get(code) or _by_wording(str(cause)) or DatabaseError
    return kind(f"{address}: {(kind.__doc__ or '').splitlines()[0]}", code=code)


def _by_wording(text: str) -> type[DatabaseError] | None:
    lowered = text.lower()
    return next((kind for words, kind in BY_WORDING if words in lowered), None)
