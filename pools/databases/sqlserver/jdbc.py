"""SQL Server's JDBC addresses: `;name=value` after host and port, the database among them."""

from __future__ import annotations

import re

from pools.databases.jdbc_form import JdbcForm, NotJdbc, Properties
from pools.domain.hosts import NAMED_INSTANCE

DATABASE_NAMES = frozenset({"databasename", "database"})
PLACE_NAMES = frozenset({"servername", "server", "portnumber", "port"})
# A semicolon without a property, as at the end, is let pass by the driver.
PROPERTY = re.compile(
    r";(?:\s*(?P<name>[^=;]+)=(?P<value>\{(?:[^}]|\}\})*\}|[^;{}]*)(?=;|\Z)|\s*(?=;|\Z))"
)


def write_tail(database: str, properties: Properties) -> str:
    pairs = (("databaseName", database), *properties)
    return "".join(f";{name}={_braced(value)}" for name, value in pairs)


def read_tail(tail: str) -> tuple[str, Properties]:
    pairs: list[tuple[str, str]] = []
    position = 0
    for match in PROPERTY.finditer(tail):
        if match.start() != position:
            break
        position = match.end()
        if match["name"] is not None:
            pairs.append((match["name"].strip(), _unbraced(match["value"])))
    if position != len(tail):
        raise NotJdbc(
            "After host and port, the JDBC address of SQL Server goes on with ;name=value, as in "
            f";databaseName=TRAVELER, not with “{tail[position : position + 20]}”."
        )
    databases = [value for name, value in pairs if name.casefold() in DATABASE_NAMES]
    if len(databases) > 1:
        raise NotJdbc("The JDBC address names the database twice.")
    kept = [pair for pair in pairs if pair[0].casefold() not in DATABASE_NAMES]
    return databases[0] if databases else "", tuple(kept)


def read_place(host: str, port: str, properties: Properties) -> tuple[str, str, Properties]:
    """The driver takes host and port as properties as well; beside a port it does not use an
    instance's name."""
    found = {name.casefold(): value for name, value in properties}
    if "\\" in host or "instancename" in found:
        raise NotJdbc(f"The JDBC address names an instance. {NAMED_INSTANCE}")
    named = (
        found.get("servername") or found.get("server"),
        found.get("portnumber") or found.get("port"),
    )
    if (host and named[0]) or (port and named[1]):
        raise NotJdbc("The JDBC address names its host or port twice.")
    kept = tuple(pair for pair in properties if pair[0].casefold() not in PLACE_NAMES)
    return host or named[0] or "", port or named[1] or "", kept


def _braced(value: str) -> str:
    plain = re.fullmatch(r"[^;{}\s](?:[^;{}]*[^;{}\s])?", value)
    return value if plain or not value else "{" + value.replace("}", "}}") + "}"


def _unbraced(value: str) -> str:
    if value.startswith("{") and value.endswith("}"):
        return value[1:-1].replace("}}", "}")
    return value.strip()


JDBC = JdbcForm(
    prefix="jdbc:sqlserver://",
    write_tail=write_tail,
    read_tail=read_tail,
    read_place=read_place,
    tls={
        "off": (("encrypt", "false"),),
        "required": (("encrypt", "true"), ("trustServerCertificate", "true")),
        "verified": (("encrypt", "true"), ("trustServerCertificate", "false")),
    },
)
