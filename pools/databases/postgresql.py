"""PostgreSQL: how to connect, what its errors mean, and what to ask it."""

from __future__ import annotations

from typing import Any

from django.db import Error
from django.db.backends.utils import CursorWrapper

from pools.databases.errors import (
    ConnectionLost,
    DatabaseError,
    DatabaseMissing,
    HostUnknown,
    LoginRefused,
    NoAnswer,
    PortClosed,
    PrivilegeMissing,
    TooManyConnections,
    VersionTooOld,
    WrongEngine,
)
from pools.databases.facts import Dialect, EngineFacts

BY_SQLSTATE: dict[str, type[DatabaseError]] = {
    "28P01": LoginRefused,
    "28000": LoginRefused,
    "3D000": DatabaseMissing,
    "42501": PrivilegeMissing,
    "53300": TooManyConnections,
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
    ("no password supplied", LoginRefused),
    ("no pg_hba.conf entry", LoginRefused),
    ("is not permitted to log in", LoginRefused),
    ("does not exist", DatabaseMissing),
    ("permission denied for database", PrivilegeMissing),
    ("received invalid response", WrongEngine),
    ("expected authentication request", WrongEngine),
    ("unsupported frontend protocol", WrongEngine),
    ("or later is required", VersionTooOld),
    ("too many clients", TooManyConnections),
    ("too many connections", TooManyConnections),
    ("connection refused", PortClosed),
    ("timeout expired", NoAnswer),
    ("connection timeout", NoAnswer),
    ("no route to host", PortClosed),
    ("server closed the connection", ConnectionLost),
    ("the connection is closed", ConnectionLost),
    ("terminating connection", ConnectionLost),
)


def settings(schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options; keepalives so that a vanished server is noticed within a minute."""
    options: dict[str, Any] = {
        "connect_timeout": connect_timeout,
        "application_name": "lifeguard",
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    if schema:
        quoted = '"' + schema.replace('"', '""') + '"'
        # libpq splits this option at blanks that no backslash stands before.
        escaped = quoted.replace("\\", "\\\\").replace(" ", "\\ ")
        options["options"] = f"-c search_path={escaped}"
    return {"OPTIONS": options}


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text, which may hold
    a connection string."""
    cause = error.__cause__ or error
    code = getattr(cause, "sqlstate", None) or ""
    kind = BY_SQLSTATE.get(code) or _by_wording(str(cause)) or DatabaseError
    return kind(f"{address}: {(kind.__doc__ or '').splitlines()[0]}", code=code)


def version(cursor: CursorWrapper) -> str:
    """`18.0`, as the server says it."""
    return str(_value(cursor, "SHOW server_version"))


def encoding(cursor: CursorWrapper) -> str:
    """The database's code set: `UTF8`, `LATIN1`, …"""
    return str(_value(cursor, "SHOW server_encoding"))


def missing_privileges(cursor: CursorWrapper) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    schema = _value(cursor, "SELECT current_schema()")
    if schema is None:
        return [f"no schema to work in: {_value(cursor, 'SHOW search_path')} does not exist"]
    missing = [
        f"{privilege} on schema {schema}"
        for privilege in ("USAGE", "CREATE")
        if not _value(
            cursor, "SELECT has_schema_privilege(current_user, %s, %s)", schema, privilege
        )
    ]
    cursor.execute(
        """
        SELECT tablename, p FROM pg_tables,
               unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
         WHERE schemaname = %s
           AND NOT has_table_privilege(
                   current_user, format('%%I.%%I', schemaname, tablename), p)
         ORDER BY tablename, p
        """,
        [schema],
    )
    return missing + [f"{privilege} on {schema}.{table}" for table, privilege in cursor.fetchall()]


def _value(cursor: CursorWrapper, query: str, *parameters: str) -> Any:
    cursor.execute(query, parameters or None)
    row = cursor.fetchone()
    return row[0] if row else None


def _by_wording(text: str) -> type[DatabaseError] | None:
    lowered = text.lower()
    return next((kind for words, kind in BY_WORDING if words in lowered), None)


FACTS = EngineFacts(
    name="PostgreSQL",
    backend="django.db.backends.postgresql",
    driver="psycopg",
    package="'psycopg[binary]'",
    default_port=5432,
    jdbc_jar="postgresql-jdbc.jar",
    vendor_supported=False,
    dialect=Dialect(
        settings=settings,
        translate=translate,
        version=version,
        encoding=encoding,
        missing_privileges=missing_privileges,
    ),
)
