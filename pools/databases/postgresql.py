"""PostgreSQL: how to connect, what its errors mean, and what to ask it."""

from __future__ import annotations

from typing import Any

from django.db import Error
from django.db.backends.utils import CursorWrapper

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
    told,
)
from pools.databases.facts import (
    CodeSet,
    Dialect,
    Encryption,
    EngineFacts,
    Minimum,
    Redundancy,
    Room,
)
from pools.databases.login import DatabaseLogin
from pools.databases.questions import single_value
from pools.databases.trust import ca_file
from pools.domain.sizes import in_words
from pools.states import TlsMode

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


SSL_MODES = {TlsMode.OFF: "disable", TlsMode.REQUIRED: "require", TlsMode.VERIFIED: "verify-full"}


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS, and no password as it is to a server that was not verified, unless that is allowed."""
    options: dict[str, Any] = {}
    if login.tls in SSL_MODES:
        options["sslmode"] = SSL_MODES[TlsMode(login.tls)]
    if login.is_verified:
        options["sslrootcert"] = ca_file(login.ca_pem) or "system"
    elif not login.allow_cleartext:
        options["require_auth"] = "!password"
    return {"OPTIONS": options}


def encryption(cursor: CursorWrapper, _login: DatabaseLogin) -> Encryption:
    """What was negotiated for this session, which everybody may ask of their own."""
    cursor.execute("SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    row = cursor.fetchone()
    if row is None or not row[0]:
        return Encryption("", encrypted=False)
    return Encryption(f"{row[1]}, {row[2]}", encrypted=True)


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text, which may hold
    a connection string."""
    cause = error.__cause__ or error
    code = getattr(cause, "sqlstate", None) or ""
    kind = BY_SQLSTATE.get(code) or _by_wording(str(cause)) or DatabaseError
    return told(kind, address, code)


def version(cursor: CursorWrapper) -> str:
    """`PostgreSQL 18.0`, as the server says it."""
    return f"PostgreSQL {single_value(cursor, 'SHOW server_version')}"


def code_set(cursor: CursorWrapper) -> CodeSet:
    """The database's code set: `UTF8`, `LATIN1`, …

    Collations matter to the order only: equal means equal bytes, unless a column asks otherwise.
    """
    name = str(single_value(cursor, "SHOW server_encoding"))
    return CodeSet(name, suffices=name == "UTF8")


def missing_privileges(cursor: CursorWrapper, _schema: str) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    # The schema that is asked for is first in the search path already (settings).
    schema = single_value(cursor, "SELECT current_schema()")
    if schema is None:
        return [f"no schema to work in: {single_value(cursor, 'SHOW search_path')} does not exist"]
    missing = [
        f"{privilege} on schema {schema}"
        for privilege in ("USAGE", "CREATE")
        if not single_value(
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


def room(cursor: CursorWrapper) -> Room:
    """PostgreSQL knows what it uses; only its operating system knows what is left."""
    used = int(single_value(cursor, "SELECT pg_database_size(current_database())"))
    return Room(f"The database takes {in_words(used)}. PostgreSQL does not tell what is free.")


def availability(cursor: CursorWrapper) -> Redundancy:
    """Its standbys by streaming replication. Counting them needs no privilege, their state does."""
    if single_value(cursor, "SELECT pg_is_in_recovery()"):
        return Redundancy("This server is itself a standby.", redundant=True, read_only=True)
    standbys = int(
        single_value(
            cursor,
            "SELECT count(*) FROM pg_stat_replication"
            " WHERE application_name IS DISTINCT FROM 'pg_basebackup'",
        )
    )
    if standbys == 0:
        return Redundancy("No standby is connected to this server.", redundant=False)
    return Redundancy(f"Connected standbys: {standbys}.", redundant=True)


def _by_wording(text: str) -> type[DatabaseError] | None:
    lowered = text.lower()
    return next((kind for words, kind in BY_WORDING if words in lowered), None)


FACTS = EngineFacts(
    name="PostgreSQL",
    backend="django.db.backends.postgresql",
    drivers=("psycopg",),
    install="pip install 'psycopg[binary]'",
    default_port=5432,
    jdbc_jar="postgresql-jdbc.jar",
    vendor_supported=False,
    minimums=(Minimum("PostgreSQL", "14.0", "needed by this console (Django 5.2)"),),
    schema_rule="the first of the login's search path, usually public",
    code_set="ENCODING 'UTF8'",
    dialect=Dialect(
        settings=settings,
        translate=translate,
        version=version,
        code_set=code_set,
        missing_privileges=missing_privileges,
        room=room,
        availability=availability,
        secure=secure,
        encryption=encryption,
    ),
)
