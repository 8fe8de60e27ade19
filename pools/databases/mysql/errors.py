"""What the errors of MySQL and MariaDB mean, by their numbers."""

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

# The server's own codes, and from 2000 to 2999 those of its client library.
BY_CODE: dict[int, type[DatabaseError]] = {
    1021: DatabaseFull,
    1114: DatabaseFull,
    1040: TooManyConnections,
    1203: TooManyConnections,
    1226: TooManyConnections,
    1044: PrivilegeMissing,
    1142: PrivilegeMissing,
    1143: PrivilegeMissing,
    1227: PrivilegeMissing,
    1370: PrivilegeMissing,
    1045: DatabaseLoginRefused,
    1130: DatabaseLoginRefused,
    1524: DatabaseLoginRefused,
    1698: DatabaseLoginRefused,
    1862: DatabaseLoginRefused,
    3118: DatabaseLoginRefused,
    4151: DatabaseLoginRefused,
    2059: DatabaseLoginRefused,
    1049: DatabaseMissing,
    1290: OnlyReadable,
    1792: OnlyReadable,
    1836: OnlyReadable,
    1053: DatabaseConnectionLost,
    1077: DatabaseConnectionLost,
    1158: DatabaseConnectionLost,
    1159: DatabaseConnectionLost,
    1160: DatabaseConnectionLost,
    1161: DatabaseConnectionLost,
    3168: DatabaseConnectionLost,
    1927: DatabaseConnectionLost,
    2006: DatabaseConnectionLost,
    2013: DatabaseConnectionLost,
    2055: DatabaseConnectionLost,
    4031: DatabaseConnectionLost,
    2002: DatabasePortClosed,
    2003: DatabasePortClosed,
    2005: HostUnknown,
    2007: WrongEngine,
    2012: WrongEngine,
    2026: EncryptionFailed,
    # CR_ERR_AUTH_PLUGIN_RESTRICTED of MariaDB's client.
    5010: CleartextRefused,
}


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text."""
    code = error_code(error)
    kind = BY_CODE.get(code, DatabaseError)
    if "or later is required" in str(error):
        kind = VersionTooOld
    elif kind is EncryptionFailed and "certificate" in str(error).casefold():
        kind = DatabaseCertificateRefused
    elif kind is DatabaseConnectionLost and "initial communication packet" in str(error):
        # The port was open and nobody spoke: it never was a connection.
        kind = DatabaseTimedOut
    return database_error(kind, address, str(code or ""))


def error_code(error: Error) -> int:
    cause = error.__cause__ or error
    return next((value for value in cause.args[:1] if isinstance(value, int)), 0)
