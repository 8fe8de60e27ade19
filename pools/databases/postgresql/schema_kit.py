"""The files for PostgreSQL: plain SQL without psql's own commands."""

from __future__ import annotations

from pools.databases.kit_order import KitOrder
from pools.databases.quoting import double_quoted, literal, shell_word
from pools.databases.schema_kit import (
    ANY_NAME,
    NAME_MESSAGE,
    KitDialect,
    Rule,
    level_query,
    missing_columns,
)

FIRST_DATABASE = "postgres"


def run(order: KitOrder, file: str) -> str:
    database = FIRST_DATABASE if file.startswith("1-") else order.new.name
    return (
        f"psql -X -v ON_ERROR_STOP=1 -h {shell_word(order.host)} -p {order.port} -U <DBA> "
        f"-d {shell_word(database)} -f {file}"
    )


def schema(order: KitOrder) -> str:
    return order.schema or "public"


def create_database(order: KitOrder) -> str:
    name = double_quoted(order.new.name)
    lines = [
        "-- UTF-8, and names are compared by their code points: two that differ in case or accent",
        "-- stay two, as in Traveler's own database.",
        f"CREATE DATABASE {name}",
        "  TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';",
    ]
    if order.new.comment:
        lines.append(f"COMMENT ON DATABASE {name} IS {literal(order.new.comment)};")
    return "\n".join(lines)


def tables(order: KitOrder, sql: str, empty: bool) -> str:
    make = f"CREATE SCHEMA IF NOT EXISTS {double_quoted(schema(order))};\n"
    return (
        f"{_right_database(order)}BEGIN;\n{make if empty and order.schema else ''}"
        f"{_search_path(order)}{sql}COMMIT;\n"
        "-- All or nothing: after an error nothing of this file is in the database."
    )


def grants(order: KitOrder) -> str:
    where = double_quoted(schema(order))
    lines = [
        _right_database(order).rstrip(),
        "-- A login that is not there yet is made without a password, so nobody can use it before",
        r"-- you have set one: \password <login>",
    ]
    for login in order.logins:
        role = double_quoted(login)
        make = f"CREATE ROLE {role} LOGIN"
        body = (
            f"BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(login)}) THEN "
            f"{make}; END IF; END"
        )
        lines += [
            f"DO {literal(body)};",
            f"GRANT CONNECT, TEMPORARY ON DATABASE {double_quoted(order.new.name)} TO {role};",
            "-- CREATE: during a migration the console keeps its own notes in tables named lg_…",
            f"GRANT USAGE, CREATE ON SCHEMA {where} TO {role};",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {where} TO {role};",
        ]
    return "\n".join(lines)


def verify(order: KitOrder) -> str:
    catalog = (
        "FROM information_schema.columns c\n"
        f"  WHERE c.table_schema = {literal(schema(order))}\n"
        "  AND c.table_name = w.table_name AND c.column_name = w.column_name"
    )
    return "\n".join(
        [
            "SHOW server_encoding;",
            "-- Tables and columns that are missing: no row is as it should be.",
            missing_columns(order.columns, catalog),
            "-- An error here means that there are no tables yet.",
            _search_path(order) + level_query(order),
        ]
    )


def _search_path(order: KitOrder) -> str:
    return f"SET search_path TO {double_quoted(schema(order))};\n"


def _right_database(order: KitOrder) -> str:
    """Refuses to run elsewhere: a file names no database by itself."""
    name = order.new.name
    body = (
        f"BEGIN IF current_database() <> {literal(name)} THEN "
        f"RAISE EXCEPTION USING MESSAGE = {literal(f'Connect to the database {name} first.')}; "
        "END IF; END"
    )
    return f"DO {literal(body)};\n"


KIT = KitDialect(
    rules={
        "name": Rule(ANY_NAME, NAME_MESSAGE, 63, required=True),
        "comment": Rule(ANY_NAME, NAME_MESSAGE, 200),
    },
    who="a superuser, or a role that may create databases and roles",
    run=run,
    schema=schema,
    create_database=create_database,
    tables=tables,
    grants=grants,
    verify=verify,
    notes=(
        "No vendor page names PostgreSQL as a database for Traveler; it is this console's own.",
    ),
    tried="All files of this engine are run with psql on a real PostgreSQL in Lifeguard's tests.",
)
