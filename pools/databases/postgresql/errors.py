"""What PostgreSQL's errors mean, by SQLSTATE or the wording of libpq."""

from __future__ import annotations

from django.db import Error

from pools.databases.errors import (
    CleartextRefused,
    DatabaseCertificateRefused,
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseMissing,
    DatabasePortClosed,
    DatabaseTimedOut,
    EncryptionFailed,
    HostUnknown,
    OnlyReadable,
    PrivilegeMissing,
    TooManyConnections,
    VersionTooOld,
    WrongEngine,
    database_error,
)

BY_SQLSTATE: dict[str, type[DatabaseError]] = {
    "28P01": DatabaseLoginRefused,
    "28000": DatabaseLoginRefused,
    "3D000": DatabaseMissing,
    "42501": PrivilegeMissing,
    "53100": DatabaseFull,
    "25006": OnlyReadable,
    "53300": TooManyConnections,
    "57P01": DatabaseConnectionLost,
    "57P02": DatabaseConnectionLost,
    "57P03": DatabaseConnectionLost,
}
# libpq gives no SQLSTATE before the server has spoken; its wording is stable.
BY_WORDING: tuple[tuple[str, type[DatabaseError]], ...] = (
    ("certificate verify failed", DatabaseCertificateRefused),
    ("does not match host name", DatabaseCertificateRefused),
    ("server requested a cleartext password", CleartextRefused),
    ("server does not support ssl", EncryptionFailed),
    # A server with TLS that was killed.
    ("unexpected eof", DatabaseConnectionLost),
    ("ssl error", EncryptionFailed),
    ("failed to resolve host", HostUnknown),
    ("could not translate host name", HostUnknown),
    ("[errno -", HostUnknown),
    ("password authentication failed", DatabaseLoginRefused),
    ("no password supplied", DatabaseLoginRefused),
    ("no pg_hba.conf entry", DatabaseLoginRefused),
    ("is not permitted to log in", DatabaseLoginRefused),
    ("does not exist", DatabaseMissing),
    ("permission denied for database", PrivilegeMissing),
    ("received invalid response", WrongEngine),
    ("expected authentication request", WrongEngine),
    ("unsupported frontend protocol", WrongEngine),
    ("or later is required", VersionTooOld),
    ("too many clients", TooManyConnections),
    ("too many connections", TooManyConnections),
    ("connection refused", DatabasePortClosed),
    ("timeout expired", DatabaseTimedOut),
    ("connection timeout", DatabaseTimedOut),
    ("no route to host", DatabasePortClosed),
    ("server closed the connection", DatabaseConnectionLost),
    ("the connection is closed", DatabaseConnectionLost),
    ("the connection is lost", DatabaseConnectionLost),
    ("already closed", DatabaseConnectionLost),
    ("terminating connection", DatabaseConnectionLost),
    # Starting up, shutting down, in recovery, not yet accepting connections.
    ("the database system is", DatabaseConnectionLost),
    ("closed unexpectedly", DatabaseConnectionLost),
    ("connection reset", DatabaseConnectionLost),
    ("broken pipe", DatabaseConnectionLost),
    ("could not receive data", DatabaseConnectionLost),
    ("could not send data", DatabaseConnectionLost),
)


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text, which may hold
    a connection string."""
    cause = error.__cause__ or error
    code = getattr(cause, "sqlstate", None) or ""
    kind = BY_SQLSTATE.get(code) or _by_wording(str(cause)) or DatabaseError
    return database_error(kind, address, code)


def _by_wording(text: str) -> type[DatabaseError] | None:
    lowered = text.lower()
    return next((kind for words, kind in BY_WORDING if words in lowered), None)
