"""Each engine's types for the same Derby columns, and how it is asked for Derby's spelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import MySQLdb
import psycopg

from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.engines.mysql.test_types import COLUMNS as MYSQL_COLUMNS
from tests.migrations_ui.transfer.test_types import COLUMNS as POSTGRESQL_COLUMNS

Column = tuple[str, str, str, str]
Run = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Description:
    """One engine. `columns`: name, Derby's type, the target's type, and the expression that says
    the value as Derby does. `large` are the types of a blob and of a clob of any length."""

    connect: Callable[[DatabaseLogin], Any]
    quote: str
    columns: tuple[Column, ...]
    large: tuple[str, str]
    bytes_of: str
    characters_of: str
    # The type for a text, a number, a decimal and a single-precision number that are too narrow.
    narrow: tuple[str, str, str, str]
    insert_default: str
    identity: str
    # Makes room for fifty characters in the {column} of a {table}.
    widen: str
    # The names of all tables in the login's schema.
    tables: str
    set_up: str = ""
    # Begins a transaction on an autocommitting connection; empty where no statement does.
    begin: str = "BEGIN"

    def quoted(self, name: str) -> str:
        return f"{self.quote[0]}{name}{self.quote[-1]}"

    def opened(self, login: DatabaseLogin) -> tuple[Any, Run]:
        """An autocommitting connection, and a way to run a statement on it."""
        connection = self.connect(login)

        def run(statement: str) -> list[tuple[Any, ...]]:
            cursor = connection.cursor()
            try:
                cursor.execute(statement)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
            finally:
                cursor.close()

        if self.set_up:
            run(self.set_up)
        return connection, run


def connect_postgresql(login: DatabaseLogin) -> Any:
    return psycopg.connect(
        host=login.host,
        port=login.port,
        dbname=login.name,
        user=login.user,
        password=login.password,
        autocommit=True,
    )


def connect_mysql(login: DatabaseLogin) -> Any:
    return MySQLdb.connect(
        host=login.host,
        port=login.port,
        user=login.user,
        password=login.password,
        database=login.name,
        charset="utf8mb4",
        autocommit=True,
    )


def connect_sqlserver(login: DatabaseLogin) -> Any:
    import mssql_python

    return mssql_python.connect(
        f"SERVER={login.host},{login.port};DATABASE={login.name};UID={login.user};"
        f"PWD={{{login.password}}};Encrypt=yes;TrustServerCertificate=yes",
        autocommit=True,
    )


def connect_db2(login: DatabaseLogin) -> Any:
    import ibm_db
    import ibm_db_dbi

    return ibm_db_dbi.connect(
        f"DATABASE={login.name};HOSTNAME={login.host};PORT={login.port};PROTOCOL=TCPIP;"
        f"UID={login.user};PWD={login.password};",
        conn_options={ibm_db.SQL_ATTR_AUTOCOMMIT: ibm_db.SQL_AUTOCOMMIT_ON},
    )


SQLSERVER_MICROSECONDS = "LEFT(CONVERT(varchar(40), {0}, 121), 26)"
SQLSERVER_COLUMNS: tuple[Column, ...] = (
    ("v", "VARCHAR(40)", "nvarchar(40)", "v"),
    ("c", "CHAR(8)", "nchar(8)", "c"),
    ("lv", "LONG VARCHAR", "nvarchar(max)", "lv"),
    ("cl", "CLOB", "nvarchar(max)", "cl"),
    ("si", "SMALLINT", "smallint", "si"),
    ("i", "INTEGER", "int", "i"),
    ("bi", "BIGINT", "bigint", "bi"),
    ("de", "DECIMAL(31,9)", "decimal(31,9)", "de"),
    ("dn", "DECIMAL(18,0)", "decimal(18,0)", "dn"),
    ("re", "REAL", "real", "CAST(re AS float)"),
    ("do", "DOUBLE", "float", "[do]"),
    ("cb", "CHAR(4) FOR BIT DATA", "binary(4)", "cb"),
    ("vb", "VARCHAR(40) FOR BIT DATA", "varbinary(40)", "vb"),
    ("lb", "LONG VARCHAR FOR BIT DATA", "varbinary(max)", "lb"),
    ("bl", "BLOB", "varbinary(max)", "bl"),
    ("da", "DATE", "date", "CONVERT(char(10), da, 23)"),
    ("ti", "TIME", "time(0)", "CONVERT(char(8), ti, 108)"),
    ("ts", "TIMESTAMP", "datetime2(6)", SQLSERVER_MICROSECONDS.format("ts")),
    ("tz", "TIMESTAMP", "datetime2(7)", SQLSERVER_MICROSECONDS.format("tz")),
    ("bo", "BOOLEAN", "bit", "bo"),
)
DB2_MICROSECONDS = "VARCHAR_FORMAT({0}, 'YYYY-MM-DD HH24:MI:SS.FF6')"
DB2_COLUMNS: tuple[Column, ...] = (
    # A length counts bytes there: four a character make room for all.
    ("v", "VARCHAR(40)", "VARCHAR(160)", "v"),
    ("c", "CHAR(8)", "CHAR(32)", "CAST(TRIM(TRAILING FROM c) AS VARCHAR(32))"),
    ("lv", "LONG VARCHAR", "CLOB(1M)", "lv"),
    ("cl", "CLOB", "CLOB(1M)", "cl"),
    ("si", "SMALLINT", "SMALLINT", "si"),
    ("i", "INTEGER", "INTEGER", "i"),
    ("bi", "BIGINT", "BIGINT", "bi"),
    ("de", "DECIMAL(31,9)", "DECIMAL(31,9)", "de"),
    ("dn", "DECIMAL(18,0)", "DECIMAL(18,0)", "dn"),
    ("re", "REAL", "REAL", "DOUBLE(re)"),
    ("do", "DOUBLE", "DOUBLE", '"DO"'),
    ("cb", "CHAR(4) FOR BIT DATA", "CHAR(4) FOR BIT DATA", "cb"),
    ("vb", "VARCHAR(40) FOR BIT DATA", "VARCHAR(40) FOR BIT DATA", "vb"),
    ("lb", "LONG VARCHAR FOR BIT DATA", "BLOB(1M)", "lb"),
    ("bl", "BLOB", "BLOB(4M)", "bl"),
    ("da", "DATE", "DATE", "CHAR(da, ISO)"),
    ("ti", "TIME", "TIME", "CHAR(ti, JIS)"),
    ("ts", "TIMESTAMP", "TIMESTAMP", DB2_MICROSECONDS.format("ts")),
    ("tz", "TIMESTAMP", "TIMESTAMP(12)", DB2_MICROSECONDS.format("tz")),
    ("bo", "BOOLEAN", "BOOLEAN", "bo"),
)

DESCRIPTIONS: dict[str, Description] = {
    "postgresql": Description(
        connect=connect_postgresql,
        quote='"',
        columns=POSTGRESQL_COLUMNS,
        large=("bytea", "text"),
        bytes_of="octet_length({0})",
        characters_of="length({0})",
        narrow=("varchar(5)", "integer", "numeric(10,2)", "real"),
        insert_default="INSERT INTO t DEFAULT VALUES",
        identity="integer GENERATED BY DEFAULT AS IDENTITY",
        widen="ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(50)",
        tables="SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
        set_up="SET timezone = 'UTC'",
    ),
    "mysql": Description(
        connect=connect_mysql,
        quote="`",
        columns=MYSQL_COLUMNS,
        large=("longblob", "longtext"),
        bytes_of="LENGTH({0})",
        characters_of="CHAR_LENGTH({0})",
        narrow=("varchar(5)", "int", "decimal(10,2)", "float"),
        insert_default="INSERT INTO t VALUES ()",
        identity="int AUTO_INCREMENT",
        widen="ALTER TABLE {table} MODIFY {column} varchar(50)",
        tables="SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
        set_up="SET time_zone = '+00:00'",
    ),
    "sqlserver": Description(
        connect=connect_sqlserver,
        quote="[]",
        columns=SQLSERVER_COLUMNS,
        large=("varbinary(max)", "nvarchar(max)"),
        bytes_of="DATALENGTH({0})",
        characters_of="DATALENGTH({0}) / 2",
        narrow=("nvarchar(5)", "int", "decimal(10,2)", "real"),
        insert_default="INSERT INTO t DEFAULT VALUES",
        identity="int IDENTITY(1, 1)",
        widen="ALTER TABLE {table} ALTER COLUMN {column} nvarchar(50)",
        tables="SELECT name FROM sys.tables WHERE schema_id = SCHEMA_ID(SCHEMA_NAME())",
        begin="BEGIN TRANSACTION",
    ),
    "db2": Description(
        connect=connect_db2,
        quote='"',
        columns=DB2_COLUMNS,
        large=("BLOB(64M)", "CLOB(64M)"),
        bytes_of="LENGTH({0})",
        characters_of="CHARACTER_LENGTH({0}, CODEUNITS32)",
        narrow=("VARCHAR(5)", "INTEGER", "DECIMAL(10,2)", "REAL"),
        insert_default="INSERT INTO t VALUES DEFAULT",
        identity="INTEGER NOT NULL GENERATED BY DEFAULT AS IDENTITY",
        widen="ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE VARCHAR(50)",
        tables="SELECT TABNAME FROM SYSCAT.TABLES WHERE TABSCHEMA = CURRENT SCHEMA AND TYPE = 'T'",
        begin="",
    ),
}
