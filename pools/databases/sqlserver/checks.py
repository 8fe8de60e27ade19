"""What `db check` asks SQL Server. No server runs where this is tested (docs/engines.md)."""

from __future__ import annotations

from django.db import Error
from django.db.backends.utils import CursorWrapper

from pools.databases.dialect import (
    CodeSet,
    Encryption,
    Redundancy,
    Room,
)
from pools.databases.errors import (
    PrivilegeMissing,
)
from pools.databases.login import DatabaseLogin
from pools.databases.queries import all_rows, single_value
from pools.databases.sqlserver.errors import translate
from pools.domain.sizes import in_words
from pools.states import TlsMode

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
