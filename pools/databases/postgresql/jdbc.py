"""PostgreSQL's JDBC addresses: the schema is in them."""

from __future__ import annotations

import re

from pools.databases.jdbc_form import JdbcForm, Properties, read_query, write_query

SCHEMA = "currentSchema"
# What PostgreSQL reads the same without quotes.
PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


def write_schema(schema: str) -> Properties:
    """The driver passes the value on as the search path, where names without quotes are folded to
    lower case."""
    if not schema:
        return ()
    quoted = '"' + schema.replace('"', '""') + '"'
    return ((SCHEMA, schema if PLAIN_NAME.fullmatch(schema) else quoted),)


def read_schema(properties: Properties) -> str:
    """The first name of the search path, as PostgreSQL reads it."""
    path = next((value for name, value in properties if name == SCHEMA), "")
    quoted = re.match(r'\s*"((?:[^"]|"")*)"', path)
    if quoted is not None:
        return quoted[1].replace('""', '"')
    return path.partition(",")[0].strip().casefold()


JDBC = JdbcForm(
    prefix="jdbc:postgresql://",
    write_tail=write_query,
    read_tail=read_query,
    tls={
        "off": (("sslmode", "disable"),),
        "required": (("sslmode", "require"),),
        "verified": (("sslmode", "verify-full"),),
    },
    write_schema=write_schema,
    read_schema=read_schema,
)
