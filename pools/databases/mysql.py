"""MySQL and MariaDB: how to connect, what their errors mean, and what to ask them."""

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
    WrongEngine,
)
from pools.databases.facts import Dialect, EngineFacts

# Up to 1999 the server's own codes, from 2000 those of its client library.
BY_CODE: dict[int, type[DatabaseError]] = {
    1040: TooManyConnections,
    1203: TooManyConnections,
    1226: TooManyConnections,
    1044: PrivilegeMissing,
    1142: PrivilegeMissing,
    1143: PrivilegeMissing,
    1227: PrivilegeMissing,
    1370: PrivilegeMissing,
    1045: LoginRefused,
    1130: LoginRefused,
    1524: LoginRefused,
    1698: LoginRefused,
    1862: LoginRefused,
    3118: LoginRefused,
    4151: LoginRefused,
    1049: DatabaseMissing,
    1053: ConnectionLost,
    1927: ConnectionLost,
    2002: PortClosed,
    2003: PortClosed,
    2005: HostUnknown,
    2006: ConnectionLost,
    2007: WrongEngine,
    2012: WrongEngine,
    2013: ConnectionLost,
    2055: ConnectionLost,
    2059: LoginRefused,
    4031: ConnectionLost,
}

ON_TABLES = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX")


def settings(schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options; `schema` means nothing here, a database is one (domain.md 4).

    Strict whatever the server is set to, since a lax one would cut values short and say nothing.
    """
    return {
        "OPTIONS": {
            "charset": "utf8mb4",
            "connect_timeout": connect_timeout,
            "init_command": (
                "SET SESSION sql_mode = CONCAT_WS(',', @@SESSION.sql_mode, "
                "'STRICT_ALL_TABLES', 'NO_ENGINE_SUBSTITUTION')"
            ),
        }
    }


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text."""
    cause = error.__cause__ or error
    code = next((value for value in cause.args[:1] if isinstance(value, int)), 0)
    kind = BY_CODE.get(code, DatabaseError)
    if kind is ConnectionLost and "initial communication" in str(cause):
        # The port was opened and then nobody spoke: it never was a connection.
        kind = NoAnswer
    return kind(f"{address}: {(kind.__doc__ or '').splitlines()[0]}", code=str(code or ""))


def version(cursor: CursorWrapper) -> str:
    """`MariaDB 10.11.6` or `MySQL 8.0.36`."""
    told = str(_value(cursor, "SELECT VERSION()"))
    number = told.partition("-")[0]
    return f"MariaDB {number}" if "mariadb" in told.casefold() else f"MySQL {number}"


def encoding(cursor: CursorWrapper) -> str:
    """The database's character set: `utf8mb4`, `latin1`, …"""
    return str(_value(cursor, "SELECT @@character_set_database"))


def missing_privileges(cursor: CursorWrapper) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    database = str(_value(cursor, "SELECT DATABASE()"))
    cursor.execute(
        """
        SELECT privilege_type FROM information_schema.user_privileges
        UNION
        SELECT privilege_type FROM information_schema.schema_privileges
         WHERE %s LIKE table_schema
        """,
        [database],
    )
    held = {str(privilege) for (privilege,) in cursor.fetchall()}
    return [f"{privilege} on {database}.*" for privilege in ON_TABLES if privilege not in held]


def _value(cursor: CursorWrapper, query: str) -> Any:
    cursor.execute(query)
    row = cursor.fetchone()
    return row[0] if row else None


FACTS = EngineFacts(
    name="MySQL",
    backend="django.db.backends.mysql",
    driver="MySQLdb",
    package="mysqlclient",
    default_port=3306,
    jdbc_jar="mysql-jdbc.jar",
    vendor_supported=True,
    dialect=Dialect(
        settings=settings,
        translate=translate,
        version=version,
        encoding=encoding,
        missing_privileges=missing_privileges,
    ),
)
