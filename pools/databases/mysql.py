"""MySQL and MariaDB: how to connect, what their errors mean, and what to ask them."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from pathlib import Path
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
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
from pools.databases.questions import all_rows, single_value
from pools.databases.trust import ca_file
from pools.domain.sizes import in_words
from pools.states import TlsMode

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
# The temporary tables are a migration's: rows that may meet others are staged in them.
GRANTS_NEEDED = (
    *("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX"),
    "CREATE TEMPORARY TABLES",
)
NO_SUCH_STATEMENT = 1064
NO_SUCH_TABLE = 1146
MAY_NOT_READ = 1142


def settings(_schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options; a schema means nothing here, a database is one (domain.md 4).

    Strict whatever the server is set to, since a lax one cuts values short and says nothing.
    """
    return {
        "OPTIONS": {
            "charset": "utf8mb4",
            "connect_timeout": connect_timeout,
            # A server may ask for any file of the worker's in answer to any statement.
            "local_infile": 0,
            "init_command": (
                "SET SESSION sql_mode = CONCAT_WS(',', @@SESSION.sql_mode, "
                "'STRICT_ALL_TABLES', 'NO_ENGINE_SUBSTITUTION')"
            ),
        }
    }


SSL_MODES = {TlsMode.OFF: "DISABLED", TlsMode.REQUIRED: "REQUIRED"}
CLIENT_SETTINGS = Path(__file__).with_name("mysql_client.cnf")


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS, and no password as it is to a server that was not verified, unless that is allowed.

    The driver has no argument for the second: its library reads it from a file.
    """
    options: dict[str, Any] = {}
    if login.is_verified:
        options["ssl_mode"] = "VERIFY_IDENTITY"
        options["ssl"] = {"ca": ca_file(login.ca_pem)}
    elif login.tls in SSL_MODES:
        options["ssl_mode"] = SSL_MODES[TlsMode(login.tls)]
    if not (login.is_verified or login.allow_cleartext):
        options["read_default_file"] = str(CLIENT_SETTINGS)
        options["read_default_group"] = "lifeguard"
    return {"OPTIONS": options}


def encryption(cursor: CursorWrapper, _login: DatabaseLogin) -> Encryption:
    """What was negotiated for this session, which everybody may ask of their own."""
    found = {
        str(row["variable_name"]).casefold(): str(row["value"] or "")
        for row in all_rows(cursor, "SHOW SESSION STATUS LIKE 'Ssl_%'")
    }
    cipher, protocol = found.get("ssl_cipher", ""), found.get("ssl_version", "")
    if not cipher:
        return Encryption("", encrypted=False)
    return Encryption(f"{protocol}, {cipher}", encrypted=True)


def opened(connection: BaseDatabaseWrapper) -> None:
    """Notice a server that vanished within a minute; the driver has no option for that."""
    with (
        contextlib.suppress(OSError),
        socket.socket(fileno=os.dup(connection.connection.fileno())) as peer,
    ):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text."""
    code = _code(error)
    kind = BY_CODE.get(code, DatabaseError)
    if "or later is required" in str(error):
        kind = VersionTooOld
    elif kind is EncryptionFailed and "certificate" in str(error).casefold():
        kind = DatabaseCertificateRefused
    elif kind is DatabaseConnectionLost and "initial communication packet" in str(error):
        # The port was open and nobody spoke: it never was a connection.
        kind = DatabaseTimedOut
    return told(kind, address, str(code or ""))


def version(cursor: CursorWrapper) -> str:
    """`MariaDB 10.11.6` or `MySQL 8.0.36`."""
    text = str(single_value(cursor, "SELECT VERSION()"))
    # MariaDB from 10 on may put 5.5.5- before its number, for clients that cannot read two digits.
    number = re.search(r"\d+\.\d+\.\d+", text.removeprefix("5.5.5-"))
    product = "MariaDB" if "mariadb" in text.casefold() else "MySQL"
    return f"{product} {number[0] if number else text}"


def code_set(cursor: CursorWrapper) -> CodeSet:
    """The database's default character set and collation; `utf8` there is only three bytes."""
    cursor.execute("SELECT @@character_set_database, @@collation_database")
    name, collation = map(str, cursor.fetchone())
    exact = collation.endswith(("_bin", "_cs", "_0900_as_cs"))
    return CodeSet(name, suffices=name == "utf8mb4", folding="" if exact else collation)


def missing_privileges(cursor: CursorWrapper, _schema: str) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    return missing_on(cursor, str(single_value(cursor, "SELECT DATABASE()")))


def missing_on(cursor: CursorWrapper, database: str) -> list[str]:
    """The same on a database that need not be there yet."""
    cursor.execute(_show_grants(cursor))
    held = granted_on(database, [str(grant) for (grant,) in cursor.fetchall()])
    return [f"{name} on {database}.*" for name in GRANTS_NEEDED if name not in held]


def granted_on(database: str, grants: list[str]) -> set[str]:
    """The privileges on a whole database, from the lines of SHOW GRANTS."""
    held: set[str] = set()
    for grant in grants:
        match = re.match(r"GRANT (?P<what>.+?) ON (?P<where>\*|`[^`]+`)\.\* TO ", grant)
        if match is None or not _covers(match["where"], database):
            continue
        names = {name.strip() for name in match["what"].split(",")}
        held |= set(GRANTS_NEEDED) if "ALL PRIVILEGES" in names else names
    return held


def room(cursor: CursorWrapper) -> Room:
    """MySQL knows what it uses; only its operating system knows what is left."""
    used = single_value(
        cursor,
        "SELECT SUM(data_length + index_length) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    )
    return Room(f"The database takes {in_words(int(used or 0))}. MySQL does not tell what is free.")


def availability(cursor: CursorWrapper) -> Redundancy:
    """A Galera cluster, a group, or replicas that follow: whichever the server speaks of."""
    if single_value(cursor, "SELECT @@GLOBAL.read_only"):
        return Redundancy("The server is set to read only.", redundant=False, read_only=True)
    members = _status(cursor, "wsrep_cluster_size") or _group_members(cursor)
    if members > 1:
        return Redundancy(f"{members} servers form one cluster.", redundant=True)
    replicas = _replicas(cursor)
    if replicas:
        return Redundancy(f"Connected replicas: {replicas}.", redundant=True)
    return Redundancy("No replica is connected and no cluster is set up.", redundant=False)


def _show_grants(cursor: CursorWrapper) -> str:
    """MySQL unfolds the roles in use only when told which; MariaDB does so by itself."""
    roles = str(single_value(cursor, "SELECT CURRENT_ROLE()") or "NONE")
    if roles == "NONE" or version(cursor).startswith("MariaDB"):
        return "SHOW GRANTS"
    return f"SHOW GRANTS FOR CURRENT_USER() USING {roles}"


def _status(cursor: CursorWrapper, name: str) -> int | None:
    """A counter of the server, which takes no privilege; None where the server has none."""
    cursor.execute("SHOW GLOBAL STATUS LIKE %s", [name])
    row = cursor.fetchone()
    return int(row[1]) if row else None


def _group_members(cursor: CursorWrapper) -> int:
    """Members of MySQL's group replication that are online; MariaDB has none."""
    try:
        return int(
            single_value(
                cursor,
                "SELECT COUNT(*) FROM performance_schema.replication_group_members"
                " WHERE member_state = 'ONLINE'",
            )
        )
    except Error as error:
        # A login without rights on performance_schema still learns of replicas.
        if _code(error) in {NO_SUCH_TABLE, MAY_NOT_READ}:
            return 0
        raise


def _replicas(cursor: CursorWrapper) -> int:
    """MariaDB counts them for everybody; MySQL shows them to those with REPLICATION SLAVE."""
    counted = _status(cursor, "Slaves_connected")
    if counted is not None:
        return counted
    try:
        return len(all_rows(cursor, "SHOW REPLICAS"))
    except Error as error:
        # Before 8.0.22 it had another name.
        if _code(error) != NO_SUCH_STATEMENT:
            raise
    return len(all_rows(cursor, "SHOW SLAVE HOSTS"))


def _covers(pattern: str, database: str) -> bool:
    """Whether the database of a grant (`_` and `%` match any unless escaped) is this one."""
    bare = pattern.strip("`")
    if bare == "*":
        return True
    wild = {"_": ".", "%": ".*"}
    parts = re.findall(r"\\[_%]|.", bare)
    expression = "".join(wild.get(part) or re.escape(part.removeprefix("\\")) for part in parts)
    return re.fullmatch(expression, database) is not None


def _code(error: Error) -> int:
    cause = error.__cause__ or error
    return next((value for value in cause.args[:1] if isinstance(value, int)), 0)


FACTS = EngineFacts(
    name="MySQL",
    backend="django.db.backends.mysql",
    drivers=("MySQLdb",),
    install=(
        "apt-get install default-libmysqlclient-dev pkg-config gcc python3-dev,"
        " then pip install mysqlclient"
    ),
    default_port=3306,
    jdbc_jar="mysql-jdbc.jar",
    vendor_supported=True,
    minimums=(
        Minimum("MySQL", "8.0.11", "needed by this console (Django 5.2)"),
        Minimum("MariaDB", "10.5", "needed by this console (Django 5.2)"),
    ),
    schema_rule="none: on MySQL a database is a schema",
    code_set="CHARACTER SET utf8mb4",
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
)
