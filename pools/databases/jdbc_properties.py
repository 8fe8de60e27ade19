"""Further properties of the address that Traveler is given, as a person types them.

One a line, as name=value. No secrets: pages and logs show the address.
"""

from __future__ import annotations

import re

from pools.databases.jdbc import JdbcUrl
from pools.databases.jdbc_form import NotJdbc, Properties
from pools.domain.hosts import NAMED_INSTANCE
from pools.domain.lines import split_lines
from pools.domain.secret_names import HIDDEN_NAME

# A secret's name where a property may begin, and what follows it, however it was typed.
_SECRET = re.compile(rf"(?:^|[;&:,?\s])({HIDDEN_NAME})(?:[\s=:].*)?$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]*", re.ASCII)
_SEPARATORS = re.compile(r"[;&]")
# Entered elsewhere, whatever a driver calls it; the schema among them.
_FIELDS: dict[str, frozenset[str]] = {
    "host and port": frozenset({"host", "server", "servername", "port", "portnumber"}),
    "database": frozenset({"database", "databasename"}),
    "schema": frozenset({"currentschema"}),
    "user name": frozenset({"user", "username"}),
}
_INSTANCE = frozenset({"instancename", "instance"})


def parse_properties(text: str, *, engine: str) -> Properties:
    """Read them in order. Raises NotJdbc, naming the line; never repeats a value."""
    found: Properties = ()
    for number, line in enumerate(split_lines(text), start=1):
        if line.strip():
            name, value = _read(number, line.strip())
            if name.casefold() in {known.casefold() for known, _value in found}:
                raise NotJdbc(f"Line {number}: {name} is there already.")
            found = (*found, (name, value))
    # Refused by the form of an engine that has no way to write it.
    str(JdbcUrl(engine, "host", 1, "database", found))
    return found


def tidied(text: str) -> str:
    """Without blank lines and blanks around; the lines stay as they were typed."""
    return "\n".join(line.strip() for line in split_lines(text) if line.strip())


def without_secret_values(text: str) -> str:
    """For showing again what was refused; what was accepted comes back as it is."""
    return "\n".join(_masked(line) for line in split_lines(text))


def _masked(line: str) -> str:
    found = _SECRET.search(line)
    return line if found is None else f"{line[: found.end(1)]}="


def _read(number: int, line: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in line.partition("="))
    if _SECRET.search(line):
        raise NotJdbc(
            f"Line {number}: passwords and other secrets have no place here, because the address "
            "is shown on pages and in logs. The login's password has its own field."
        )
    if not equals or not _NAME.fullmatch(name):
        raise NotJdbc(f"Line {number} does not read name=value.")
    if not value.isprintable():
        raise NotJdbc(f"Line {number}: the value holds a character that cannot be printed.")
    if _SEPARATORS.search(value):
        raise NotJdbc(f"Line {number}: ; and & end a property; put each on a line of its own.")
    for field, names in _FIELDS.items():
        if name.casefold() in names:
            raise NotJdbc(f"Line {number}: {name} is entered above, as {field}.")
    if name.casefold() in _INSTANCE:
        raise NotJdbc(f"Line {number}: {NAMED_INSTANCE}")
    if "search_path" in value.casefold():
        raise NotJdbc(f"Line {number}: search_path is entered above, as schema.")
    return name, value
