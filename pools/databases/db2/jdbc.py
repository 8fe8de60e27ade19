"""Db2's JDBC addresses: `/database:name=value;name=value;`."""

from __future__ import annotations

from pools.databases.jdbc_form import (
    NO_DATABASE,
    JdbcForm,
    NotJdbc,
    Properties,
    after_slash,
    read_pair,
)


def write_tail(database: str, properties: Properties) -> str:
    _require_plain(properties)
    return f"/{database}" + (
        ":" + "".join(f"{name}={value};" for name, value in properties) if properties else ""
    )


def read_tail(tail: str) -> tuple[str, Properties]:
    database, _colon, rest = after_slash(tail).partition(":")
    return _database(database), tuple(read_pair(part) for part in rest.split(";") if part.strip())


def _database(name: str) -> str:
    if NO_DATABASE.search(name):
        raise NotJdbc(
            f"The JDBC address names no database as “{name[:40]}”; Db2's properties follow a colon."
        )
    return name


def _require_plain(properties: Properties) -> None:
    """The form knows no escape, so what would be read as something else is not written."""
    for name, value in properties:
        if ";" in value or ";" in name or "=" in name:
            raise NotJdbc(f"The property {name} holds a character that ends a property.")


JDBC = JdbcForm(
    prefix="jdbc:db2://",
    write_tail=write_tail,
    read_tail=read_tail,
    tls={
        "off": (("sslConnection", "false"),),
        "required": (("sslConnection", "true"),),
        "verified": (("sslConnection", "true"), ("sslClientHostnameValidation", "BASIC")),
    },
)
