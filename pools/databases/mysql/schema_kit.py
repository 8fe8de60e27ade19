"""The files for MySQL and MariaDB."""

from __future__ import annotations

from pools.databases.kit_order import KitOrder
from pools.databases.mysql.privileges import GRANTS_NEEDED
from pools.databases.quoting import backticked, mysql_literal, shell_word
from pools.databases.schema_kit import KitDialect, Rule, level_query

COLLATION = "utf8mb4_bin"


def run(order: KitOrder, file: str) -> str:
    host = shell_word(order.host)
    return f"mysql -h {host} -P {order.port} -u <DBA> -p --default-character-set=utf8mb4 < {file}"


def schema(order: KitOrder) -> str:
    return order.new.name


def create_database(order: KitOrder) -> str:
    return "\n".join(
        [
            f"-- {COLLATION}: names are compared by their code points, so two that differ in case",
            "-- or accent stay two, as in Traveler's own database. The usual default would make",
            "-- one of them.",
            f"CREATE DATABASE {backticked(order.new.name)}",
            f"  CHARACTER SET utf8mb4 COLLATE {COLLATION};",
        ]
    )


def tables(order: KitOrder, sql: str, empty: bool) -> str:
    return (
        f"USE {backticked(order.new.name)};\n{sql}"
        "-- This engine commits each statement by itself. After an error, drop what this file has\n"
        "-- made before you run it again."
    )


def grants(order: KitOrder) -> str:
    # In a grant, _ and % stand for other characters unless they are escaped.
    name = order.new.name.replace("_", r"\_").replace("%", r"\%")
    lines = [
        "-- A login that is not there yet is made locked, so nobody can use it before you have set",
        "-- its password: ALTER USER <login>@'%' IDENTIFIED BY '<password>' ACCOUNT UNLOCK;",
        "-- Put the servers' own addresses in place of % if you like.",
    ]
    privileges = ", ".join(GRANTS_NEEDED)
    for login in order.logins:
        user = f"{mysql_literal(login)}@'%'"
        lines += [
            f"CREATE USER IF NOT EXISTS {user} ACCOUNT LOCK;",
            "-- CREATE, ALTER, DROP, INDEX: during a migration the console keeps its own notes in",
            "-- tables named lg_…, and this engine cannot grant that for them alone.",
            f"GRANT {privileges}",
            f"  ON {backticked(name)}.* TO {user};",
        ]
    return "\n".join(lines)


def verify(order: KitOrder) -> str:
    wanted = "\n  UNION ALL ".join(
        f"SELECT '{table}' AS table_name, '{column}' AS column_name"
        for table, column in order.columns
    )
    return "\n".join(
        [
            f"USE {backticked(order.new.name)};",
            "SELECT @@character_set_database, @@collation_database;",
            "-- Tables and columns that are missing: no row is as it should be.",
            "SELECT w.table_name AS missing_in_table, w.column_name AS missing_column",
            f"FROM (\n  {wanted}\n) AS w",
            "WHERE NOT EXISTS (SELECT 1 FROM information_schema.columns c",
            "  WHERE c.table_schema = DATABASE()",
            "  AND c.table_name = w.table_name AND c.column_name = w.column_name)",
            "ORDER BY 1, 2;",
            "-- An error here means that there are no tables yet.",
            level_query(order),
        ]
    )


KIT = KitDialect(
    rules={
        "name": Rule(
            r"[^/\\.\s](?:[^/\\.]*[^/\\.\s])?",
            "A MySQL database name has no slash, backslash or dot, and no blank at its ends.",
            64,
            required=True,
        ),
    },
    who="an account that may create databases and accounts",
    run=run,
    schema=schema,
    create_database=create_database,
    tables=tables,
    grants=grants,
    verify=verify,
    notes=("MySQL keeps no comment of a database, and a schema is the database itself.",),
    tried="All files of this engine are run on a real MariaDB in Lifeguard's tests, not on MySQL.",
)
