"""The files for Db2, for its command line processor (db2 -tvf)."""

from __future__ import annotations

from pools.databases.kit_order import KitOrder
from pools.databases.quoting import double_quoted, literal
from pools.databases.schema_kit import (
    KitDialect,
    Rule,
    level_query,
    missing_columns,
)

PAGE_SIZE = "32 K"
NAME = r"[A-Za-z@#$][A-Za-z0-9@#$]*"
NAME_RULE = "At most 8 letters, digits, @, # or $, and no digit at its beginning."
WHY = (
    "-- The wizard of the article as one command. UTF-8, because Domino names may hold any",
    "-- character. IDENTITY compares names byte by byte: two that differ in case or accent",
    f"-- stay two. The article takes the wizard's page size; {PAGE_SIZE} is our choice, with",
    "-- room for wide rows and keys.",
)


def run(order: KitOrder, file: str) -> str:
    return f"db2 -stvf {file}"


def schema(order: KitOrder) -> str:
    """The user's name, unless NTS_DB2_SCHEMA names another (domain.md 4)."""
    return order.schema or order.traveler_login.upper()


def create_database(order: KitOrder) -> str:
    new = order.new
    lines = [f"CREATE DATABASE {new.name}"]
    if new.path:
        lines.append(f"  ON {new.path}")
    if new.alias:
        lines.append(f"  ALIAS {new.alias}")
    lines += [
        f"  USING CODESET UTF-8 TERRITORY {new.territory.upper()}",
        f"  COLLATE USING IDENTITY PAGESIZE {PAGE_SIZE}",
    ]
    if new.comment:
        lines.append(f'  WITH "{new.comment}"')
    return "\n".join([*WHY, *lines]) + ";"


def tables(order: KitOrder, sql: str, empty: bool) -> str:
    where, owner = double_quoted(schema(order)), double_quoted(order.traveler_login.upper())
    make = [
        "-- If the schema is there already, take this statement out.",
        f"CREATE SCHEMA {where} AUTHORIZATION {owner};",
    ]
    return "\n".join(
        [
            *_connect(order, make if empty else []),
            f"{sql}CONNECT RESET;",
            "-- Each statement is committed by itself. After an error, drop what this file has",
            "-- made before you run it again.",
        ]
    )


def grants(order: KitOrder) -> str:
    where = double_quoted(schema(order))
    lines = [
        "-- Db2 knows no logins of its own: create these users in the operating system or the",
        "-- directory that Db2 asks, and set their passwords there.",
        *_connect(order),
    ]
    for login in order.logins:
        user = double_quoted(login.upper())
        lines += [
            "-- CREATETAB and CREATEIN: during a migration the console keeps its own notes in",
            "-- tables named LG_…",
            f"GRANT CONNECT, CREATETAB ON DATABASE TO USER {user};",
            f"GRANT CREATEIN ON SCHEMA {where} TO USER {user};",
            *(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "
                f"{where}.{double_quoted(table.upper())} TO USER {user};"
                for table in order.tables
            ),
        ]
    return "\n".join([*lines, "CONNECT RESET;"])


def verify(order: KitOrder) -> str:
    rows = [(table.upper(), column.upper()) for table, column in order.columns]
    catalog = (
        "FROM SYSCAT.COLUMNS c\n"
        f"  WHERE c.TABSCHEMA = {literal(schema(order))}\n"
        "  AND c.TABNAME = w.table_name AND c.COLNAME = w.column_name"
    )
    return "\n".join(
        [
            *_connect(order),
            "SELECT NAME, VALUE FROM SYSIBMADM.DBCFG",
            "WHERE NAME IN ('codeset', 'territory', 'pagesize');",
            "-- Tables and columns that are missing: no row is as it should be.",
            missing_columns(rows, catalog),
            "-- An error here means that there are no tables yet.",
            level_query(order),
            "CONNECT RESET;",
        ]
    )


def _connect(order: KitOrder, before: list[str] | None = None) -> list[str]:
    """On the server a database is known by its alias, where it has one."""
    name = order.new.alias or order.new.name
    schema_is = f"SET CURRENT SCHEMA {double_quoted(schema(order))};"
    return [f"CONNECT TO {name};", *(before or []), schema_is]


KIT = KitDialect(
    rules={
        "name": Rule(NAME, NAME_RULE, 8, required=True),
        "path": Rule(
            r"[A-Za-z]:(?:\\[A-Za-z0-9_.\\-]*)?|/[A-Za-z0-9_./-]*",
            r"A folder or drive on the database server, like /db2/data or D:, in plain letters.",
            175,
        ),
        "alias": Rule(NAME, NAME_RULE, 8),
        "comment": Rule(r"[^\"]+", 'A Db2 comment cannot hold the character ".', 30),
        "territory": Rule(
            r"[A-Za-z]{2}", "The two letters of a country, like US or DE.", 2, required=True
        ),
    },
    who="the instance owner, or a user with SYSADM or SYSCTRL, on the database server",
    run=run,
    schema=schema,
    create_database=create_database,
    tables=tables,
    grants=grants,
    verify=verify,
    notes=(
        "On Linux and UNIX, set DB2CODEPAGE=1208 before you run a file: they are UTF-8.",
        (
            "The tables stand in the schema that is named like Traveler's login, unless "
            "NTS_DB2_SCHEMA in notes.ini names another; enter that one in the console too."
        ),
    ),
    tried="No Db2 runs in Lifeguard's tests. Only the tables of file 2 are executed there, on "
    "Derby, whose dialect comes from Db2's; all else is compared with what it should be.",
)
