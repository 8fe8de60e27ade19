"""SQL Server: how to connect, what its errors mean, and what to ask it.

The driver `mssql_python` brings its own client library; the Django backend imports pyodbc all the
same, which wants Debian's libodbc2. No server runs where this is tested (docs/engines.md).
"""

from __future__ import annotations

import re
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from console.database_options import connection_string
from pools.databases.errors import (
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
from pools.databases.questions import all_rows, single_value
from pools.domain.sizes import in_words
from pools.states import TlsMode

BY_CODE: dict[int, type[DatabaseError]] = {
    18452: DatabaseLoginRefused,
    18456: DatabaseLoginRefused,
    18470: DatabaseLoginRefused,
    18487: DatabaseLoginRefused,
    18488: DatabaseLoginRefused,
    916: DatabaseLoginRefused,
    4060: DatabaseMissing,
    911: DatabaseMissing,
    53: DatabasePortClosed,
    10057: DatabasePortClosed,
    10061: DatabasePortClosed,
    10060: DatabaseTimedOut,
    258: DatabaseTimedOut,
    11001: HostUnknown,
    233: DatabaseConnectionLost,
    10053: DatabaseConnectionLost,
    10054: DatabaseConnectionLost,
    6005: DatabaseConnectionLost,
    1105: DatabaseFull,
    9002: DatabaseFull,
    229: PrivilegeMissing,
    230: PrivilegeMissing,
    262: PrivilegeMissing,
    297: PrivilegeMissing,
    300: PrivilegeMissing,
    3906: OnlyReadable,
    17809: TooManyConnections,
    10928: TooManyConnections,
}
# The driver passes the server's text on, but not its number; this finds the number again. The
# text is English unless the login has another default language: then BY_DRIVER_TEXT decides.
CODE_BY_WORDING: tuple[tuple[str, int], ...] = (
    ("login failed for user", 18456),
    ("cannot open database", 4060),
    ("could not allocate space", 1105),
    ("transaction log for database", 9002),
    ("permission denied in database", 262),
    ("view server state permission was denied", 300),
    ("view server performance state permission was denied", 300),
    ("does not have permission to perform this action", 297),
    ("permission was denied on the", 229),
    ("because the database is read-only", 3906),
    ("maximum number of", 17809),
    ("could not open a connection to sql server", 53),
    ("no process is on the other end of the pipe", 233),
    ("forcibly closed by the remote host", 10054),
    ("server was not found or was not accessible", 53),
)
# The driver's own words for an SQLSTATE, which never change with the server's language.
BY_DRIVER_TEXT: tuple[tuple[str, type[DatabaseError]], ...] = (
    ("invalid authorization specification", DatabaseLoginRefused),
    ("invalid catalog name", DatabaseMissing),
    ("server rejected the connection", DatabaseLoginRefused),
    ("client unable to establish connection", DatabasePortClosed),
    ("connection not open", DatabaseConnectionLost),
    ("connection failure during transaction", DatabaseConnectionLost),
    ("communication link failure", DatabaseConnectionLost),
    ("timeout expired", DatabaseTimedOut),
)
ENCRYPTION = ("ssl provider", "encryption not supported", "certificate verify failed")
PAGE = 8192
# sys.database_files: "grows until the disk is full".
NO_LIMIT = -1

FILES = """
    SELECT name, size, max_size, growth, FILEPROPERTY(name, 'SpaceUsed') AS used
      FROM sys.database_files WHERE type = 0
"""
VOLUMES = """
    SELECT DISTINCT v.volume_mount_point AS place, v.available_bytes AS free
      FROM sys.database_files AS f CROSS APPLY sys.dm_os_volume_stats(DB_ID(), f.file_id) AS v
     WHERE f.type = 0
"""
SAFEGUARDS = """
    SELECT CASE WHEN d.group_database_id IS NULL THEN 0 ELSE 1 END AS in_group,
           CAST(SERVERPROPERTY('IsClustered') AS int) AS is_clustered,
           m.mirroring_state_desc AS mirroring,
           CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(60)) AS updateability
      FROM sys.databases AS d
      LEFT JOIN sys.database_mirroring AS m ON m.database_id = d.database_id
     WHERE d.database_id = DB_ID()
"""
REPLICAS = """
    SELECT is_local, synchronization_state_desc AS state
      FROM sys.dm_hadr_database_replica_states WHERE database_id = DB_ID()
"""
PRIVILEGES = """
    SELECT p.name AS privilege, p.place AS place,
           HAS_PERMS_BY_NAME(p.securable, p.class, p.name) AS held
      FROM (VALUES
            ('CREATE TABLE', DB_NAME(), 'DATABASE', 'the database'),
            ('ALTER', QUOTENAME(SCHEMA_NAME()), 'SCHEMA', 'the schema'),
            ('SELECT', QUOTENAME(SCHEMA_NAME()), 'SCHEMA', 'the schema'),
            ('INSERT', QUOTENAME(SCHEMA_NAME()), 'SCHEMA', 'the schema'),
            ('UPDATE', QUOTENAME(SCHEMA_NAME()), 'SCHEMA', 'the schema'),
            ('DELETE', QUOTENAME(SCHEMA_NAME()), 'SCHEMA', 'the schema')
           ) AS p(name, securable, class, place)
"""


def settings(_schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options. The schema is the login's default one and cannot be chosen here."""
    return {
        "OPTIONS": {
            "python_driver": "mssql_python",
            "connection_timeout": connect_timeout,
            # A missing database counts as passing trouble there, and would be tried again.
            "connection_retries": 0,
            "extra_params": "KeepAlive=20;KeepAliveInterval=10",
        }
    }


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS. The login itself is encrypted in any case, also without TLS for the rest.

    The driver compares a certificate with what the worker's system trusts; the keyword that names
    one, ServerCertificate, works with SQL Server 2022 and Encrypt=strict only. Where nothing was
    chosen, the server is not verified: one that nobody gave a certificate makes its own.
    """
    keywords = {
        "Encrypt": "no" if login.tls == TlsMode.OFF else "yes",
        "TrustServerCertificate": "no" if login.is_verified else "yes",
    }
    return {"OPTIONS": {"extra_params": connection_string(keywords)}}


def encryption(cursor: CursorWrapper, login: DatabaseLogin) -> Encryption:
    """What the server says of this session, to a login with VIEW SERVER STATE.

    To another one the driver vouches: with Encrypt=yes it opens nothing without TLS.
    """
    try:
        option = single_value(
            cursor, "SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID"
        )
    except Error as error:
        if not isinstance(translate(error, ""), PrivilegeMissing):
            raise
        encrypted = login.tls != TlsMode.OFF
        return Encryption("TLS, which the driver requires", encrypted=encrypted)
    return Encryption("TLS, as the server says", encrypted=str(option).casefold() == "true")


def opened(connection: BaseDatabaseWrapper) -> None:
    """Commit statement by statement, as on the other engines.

    The driver begins the other way, and the backend changes that only inside a transaction.
    """
    connection.connection.autocommit = True


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text."""
    text = str(error.__cause__ or error).casefold()
    code = _code(text)
    kind = BY_CODE.get(code)
    if any(words in text for words in ENCRYPTION):
        kind = DatabaseCertificateRefused if "certificate" in text else EncryptionFailed
    if kind is None:
        kind = next((kind for words, kind in BY_DRIVER_TEXT if words in text), DatabaseError)
    return told(kind, address, str(code or ""))


def version(cursor: CursorWrapper) -> str:
    """`SQL Server 16.0.4135.4`; 14 is 2017, 15 is 2019, 16 is 2022, 17 is 2025."""
    number = single_value(cursor, "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))")
    return f"SQL Server {number}"


def code_set(cursor: CursorWrapper) -> CodeSet:
    """Traveler's columns are nvarchar here: UTF-16 whatever the database's own code page."""
    collation = str(
        single_value(
            cursor, "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128))"
        )
    )
    exact = "_CS" in collation or "_BIN" in collation
    return CodeSet("UTF-16 (nvarchar)", suffices=True, folding="" if exact else collation)


def missing_privileges(cursor: CursorWrapper, schema: str) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    default = str(single_value(cursor, "SELECT SCHEMA_NAME()"))
    missing = [
        f"{row['privilege']} on {row['place']}"
        for row in all_rows(cursor, PRIVILEGES)
        if not row["held"]
    ]
    if schema and schema.casefold() != default.casefold():
        missing.append(f"the default schema {schema}: it has {default}")
    return missing


def room(cursor: CursorWrapper) -> Room:
    """Room in the data files, what they may grow by, and the disks below when that may be seen."""
    files = all_rows(cursor, FILES)
    inside = sum(file["size"] - (file["used"] or 0) for file in files) * PAGE
    if not any(file["growth"] for file in files):
        return Room(f"{in_words(inside)} free in the data files, which do not grow.", inside)
    limits = [file for file in files if file["growth"]]
    if all(file["max_size"] != NO_LIMIT for file in limits):
        inside += sum(file["max_size"] - file["size"] for file in limits) * PAGE
        return Room(f"{in_words(inside)} free until the data files reach their limit.", inside)
    places = all_rows(cursor, VOLUMES)
    free = min((int(place["free"]) for place in places), default=None)
    listed = ", ".join(f"{in_words(int(each['free']))} on {each['place']}" for each in places)
    return Room(f"The data files grow; their disks have free: {listed}.", free)


def availability(cursor: CursorWrapper) -> Redundancy:
    """Always On, mirroring, or a failover cluster; only the replicas' state takes a privilege."""
    found = all_rows(cursor, SAFEGUARDS)
    seen = found[0] if found else {}
    read_only = seen.get("updateability") == "READ_ONLY"
    if seen.get("in_group"):
        states = [row["state"] for row in all_rows(cursor, REPLICAS) if not row["is_local"]]
        listed = ", ".join(map(str, states)) or "this server sees none of them"
        return Redundancy(f"Always On; other replicas: {listed}.", bool(states), read_only)
    if seen.get("mirroring"):
        return Redundancy(f"Mirrored: {seen['mirroring']}.", True, read_only)
    if seen.get("is_clustered"):
        return Redundancy("The server is a failover cluster instance.", True, read_only)
    return Redundancy(
        "No availability group, no mirroring and no failover cluster.", False, read_only
    )


def _code(text: str) -> int:
    """The server's error number, or the operating system's, from an error's text."""
    hexadecimal = re.search(r"error code 0x([0-9a-f]+)", text)
    if hexadecimal:
        return int(hexadecimal[1], 16)
    numbers = (int(number) for number in re.findall(r"[(\[](\d{2,5})[)\]]", text))
    by_number = next((number for number in numbers if number in BY_CODE), 0)
    return by_number or next((code for words, code in CODE_BY_WORDING if words in text), 0)


FACTS = EngineFacts(
    name="SQL Server",
    backend="mssql",
    drivers=("mssql", "mssql_python", "pyodbc"),
    install="apt-get install libodbc2, then pip install mssql-django mssql-python",
    default_port=1433,
    jdbc_jar="mssql-jdbc.jar",
    vendor_supported=True,
    minimums=(
        Minimum("SQL Server", "14.0", "(2017) needed by this console's driver (mssql-django 2.0)"),
    ),
    schema_rule="the login's default schema, usually dbo",
    code_set="any collation: names are kept as nvarchar",
    dialect=Dialect(
        settings=settings,
        opened=opened,
        translate=translate,
        version=version,
        code_set=code_set,
        missing_privileges=missing_privileges,
        room=room,
        availability=availability,
        secure=secure,
        encryption=encryption,
    ),
    takes_authority=False,
)
