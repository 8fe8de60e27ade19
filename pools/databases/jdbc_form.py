"""How one engine's JDBC driver writes its addresses, and the form that several drivers share.

The forms are the drivers' own: properties follow `:` on Db2 and `;` on SQL Server, where the
database is one of them, and `?` on MySQL and PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

Properties = tuple[tuple[str, str], ...]

NO_DATABASE = re.compile(r"[;=&?/\s]")


class NotJdbc(ValueError):
    """The text is not a JDBC address of a database that Traveler knows."""


def _as_written(host: str, port: str, properties: Properties) -> tuple[str, str, Properties]:
    return host, port, properties


def _no_schema(_schema: str) -> Properties:
    return ()


def _schema_of_login(_properties: Properties) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class JdbcForm:
    """`write_tail(database, properties)` and `read_tail(text)` are what follows host and port.

    `tls`: the properties of each mode of TLS (`pools.states.TlsMode`), named as the driver
    documents them. `read_place(host, port, properties)` is for a driver that also takes host and
    port as properties. `write_schema` and `read_schema` are for an engine whose address carries the
    schema; elsewhere the login or notes.ini has it.
    """

    prefix: str
    write_tail: Callable[[str, Properties], str]
    read_tail: Callable[[str], tuple[str, Properties]]
    tls: Mapping[str, Properties]
    read_place: Callable[[str, str, Properties], tuple[str, str, Properties]] = _as_written
    write_schema: Callable[[str], Properties] = _no_schema
    read_schema: Callable[[Properties], str] = _schema_of_login


def write_query(database: str, properties: Properties) -> str:
    """`/database?name=value&name=value`, each part escaped with %."""
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in properties
    )
    return f"/{quote(database, safe='')}" + (f"?{query}" if query else "")


def read_query(tail: str) -> tuple[str, Properties]:
    """What `write_query` writes. Raises NotJdbc."""
    database, _mark, query = after_slash(tail).partition("?")
    pairs = (read_pair(part) for part in query.split("&") if part)
    properties = tuple((_unquoted(name), _unquoted(value)) for name, value in pairs)
    if NO_DATABASE.search(database):
        raise NotJdbc(f"The JDBC address names no database as “{database[:40]}”.")
    return _unquoted(database), properties


def after_slash(tail: str) -> str:
    """Without the slash before the database. Raises NotJdbc where something else is there."""
    if tail and not tail.startswith("/"):
        raise NotJdbc("After host and port, the JDBC address goes on with / and the database.")
    return tail[1:]


def read_pair(text: str) -> tuple[str, str]:
    """`name=value`. Raises NotJdbc."""
    name, equals, value = text.partition("=")
    if not equals:
        raise NotJdbc("A property of the JDBC address does not read name=value.")
    return name.strip(), value


def _unquoted(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise NotJdbc("The JDBC address holds a %-code that is no UTF-8.") from None
