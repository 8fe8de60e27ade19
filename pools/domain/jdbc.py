"""JDBC addresses, as `travelerUtil db set url=…` takes them (domain.md 4).

The forms are the drivers' own: properties follow `:` on Db2 and `;` on SQL Server, where the
database is one of them, and `?` on MySQL and PostgreSQL.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from pools.domain.hosts import NAMED_INSTANCE, NotAHost, require_host

Properties = tuple[tuple[str, str], ...]

# Whatever a driver puts before or after it: trustStorePassword, sslpassword, accessToken, …; and
# what Db2's and SQL Server's drivers call keys that are text, no files.
HIDDEN_NAME = r"[\w.]*(?:passw|passphrase|pwd|secret|token|apikey|providerclientkey)[\w.]*|pw"
_SECRET = re.compile(HIDDEN_NAME, re.IGNORECASE)
# What PostgreSQL reads the same without quotes.
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_ADDRESS = re.compile(r"(?P<host>\[[^\[\]]+\]|[^\[\]:/;?]*)(?::(?P<port>\d{1,20}))?", re.ASCII)
# Drivers take letters, digits and a few marks; `amp;x` and the like come from a page's source.
_PROPERTY = re.compile(r"[A-Za-z][\w.$-]*", re.ASCII)
_NO_DATABASE = re.compile(r"[;=&?/\s]")
HIGHEST_PORT = 65535


class NotJdbc(ValueError):
    """The text is not a JDBC address of a database that Traveler knows."""


@dataclass(frozen=True, slots=True)
class JdbcUrl:
    """engine: a key of FORMS. properties: in order, as the driver names them."""

    engine: str
    host: str
    port: int
    database: str
    properties: Properties = ()

    def __str__(self) -> str:
        """Write the address in its driver's form."""
        form = FORMS[self.engine]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{form.prefix}{host}:{self.port}{form.write_tail(self.database, self.properties)}"

    def is_same(self, other: JdbcUrl) -> bool:
        """Whether both lead to one database; case and the order of properties do not count."""
        return self._folded == other._folded

    @property
    def schema(self) -> str:
        """The schema that it says to work in; empty where that is left to the login."""
        wanted = FORMS[self.engine].schema_property
        path = next((value for name, value in self.properties if wanted and name == wanted), "")
        return _first_name(path)

    def without_secrets(self) -> JdbcUrl:
        """Return the address without password properties, for showing."""
        kept = tuple(pair for pair in self.properties if not is_secret(pair[0]))
        return dataclasses.replace(self, properties=kept)

    @property
    def _folded(self) -> tuple[object, ...]:
        # Case counts in quotes: a schema “Trav” is not trav.
        properties = sorted(
            (name.casefold(), value if value.startswith('"') else value.casefold())
            for name, value in self.properties
        )
        host, database = self.host.casefold(), self.database.casefold()
        return self.engine, host, self.port, database, properties


@dataclass(frozen=True, slots=True)
class JdbcForm:
    """How one engine's driver writes its addresses: facts, and the two halves of the text.

    `schema_property`: the driver's name for the search path, where Traveler takes its schema from
    it.
    """

    prefix: str
    default_port: int
    write_tail: Callable[[str, Properties], str]
    read_tail: Callable[[str], tuple[str, Properties]]
    schema_property: str = ""


def parse_jdbc_url(url: str) -> JdbcUrl:
    """Read an address; the default port of the engine stands in for a missing one.

    Raises NotJdbc with the reason: what its driver reads in another way, or refuses, is not read.
    """
    text = url.strip()
    for engine, form in FORMS.items():
        if not text.casefold().startswith(form.prefix):
            continue
        match = _ADDRESS.match(text, len(form.prefix))
        if match is None:
            raise NotJdbc(
                f"The JDBC address names no host; it should begin {form.prefix}host:port."
            )
        database, properties = form.read_tail(text[match.end() :])
        _refuse_odd_properties(properties)
        host, port = match["host"], match["port"] or ""
        if engine == "sqlserver":
            host, port, properties = _sqlserver_host(host, port, properties)
        if not host:
            raise NotJdbc(
                f"The JDBC address names no host; it should begin {form.prefix}host:port."
            )
        number = _port(port or str(form.default_port))
        return JdbcUrl(engine, _host(host), number, database, properties)
    known = ", ".join(form.prefix for form in FORMS.values())
    raise NotJdbc(f"This is no JDBC address that Traveler can use; those begin {known}.")


def _host(text: str) -> str:
    host = text[1:-1] if text.startswith("[") else text
    try:
        require_host(host)
    except NotAHost as error:
        raise NotJdbc(f"The JDBC address names no host that can be used. {error}") from None
    if text.startswith("[") and ":" not in host:
        raise NotJdbc("Only an IPv6 address stands in brackets in a JDBC address.")
    return host


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise NotJdbc(f"The JDBC address names the port {text[:20]}; ports are 1 to 65535.")
    return int(text)


def _refuse_odd_properties(properties: Properties) -> None:
    seen: set[str] = set()
    for name, _value in properties:
        if not _PROPERTY.fullmatch(name):
            hint = " Write & where a page's source has &amp;." if name.startswith("amp;") else ""
            raise NotJdbc(f"The JDBC address holds no property as “{name[:40]}”.{hint}")
        if name.casefold() in seen:
            raise NotJdbc(f"The JDBC address names the property {name} twice.")
        seen.add(name.casefold())


def is_secret(name: str) -> bool:
    """Whether a property, by its name, is to be shown nowhere."""
    return _SECRET.fullmatch(name.strip()) is not None


def tls_properties(engine: str, mode: str) -> Properties:
    """How the driver that Traveler uses is set to encrypt; none where nothing was chosen.

    What it verifies the server with is a file of the Traveler host, and so a further property:
    sslrootcert, trustStore, sslCertLocation …
    """
    return TLS_PROPERTIES[engine].get(mode, ())


def schema_properties(engine: str, schema: str) -> Properties:
    """The property that has Traveler work in a schema; none where its engine has another way.

    PostgreSQL's driver passes the value on as the search path, where names without quotes are
    folded to lower case.
    """
    name = FORMS[engine].schema_property
    if not (name and schema):
        return ()
    quoted = '"' + schema.replace('"', '""') + '"'
    return ((name, schema if _PLAIN_NAME.fullmatch(schema) else quoted),)


def _first_name(path: str) -> str:
    """The first name of a search path, as PostgreSQL reads it."""
    quoted = re.match(r'\s*"((?:[^"]|"")*)"', path)
    if quoted is not None:
        return quoted[1].replace('""', '"')
    return path.partition(",")[0].strip().casefold()


def _write_db2(database: str, properties: Properties) -> str:
    _refuse(properties, ";", "=")
    return f"/{database}" + (
        ":" + "".join(f"{name}={value};" for name, value in properties) if properties else ""
    )


def _read_db2(tail: str) -> tuple[str, Properties]:
    database, _colon, rest = _after_slash(tail).partition(":")
    return _database(database), tuple(_pair(part) for part in rest.split(";") if part.strip())


def _write_sqlserver(database: str, properties: Properties) -> str:
    pairs = (("databaseName", database), *properties)
    return "".join(f";{name}={_braced(value)}" for name, value in pairs)


def _read_sqlserver(tail: str) -> tuple[str, Properties]:
    pairs: list[tuple[str, str]] = []
    position = 0
    for match in _SQLSERVER_PROPERTY.finditer(tail):
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
    databases = [value for name, value in pairs if name.casefold() in _DATABASE_PROPERTIES]
    if len(databases) > 1:
        raise NotJdbc("The JDBC address names the database twice.")
    kept = [pair for pair in pairs if pair[0].casefold() not in _DATABASE_PROPERTIES]
    return databases[0] if databases else "", tuple(kept)


def _sqlserver_host(host: str, port: str, properties: Properties) -> tuple[str, str, Properties]:
    """Its driver takes host and port as properties as well; an instance's name it does not use
    beside a port."""
    found = {name.casefold(): value for name, value in properties}
    if "\\" in host or "instancename" in found:
        raise NotJdbc(f"The JDBC address names an instance. {NAMED_INSTANCE}")
    named = (
        found.get("servername") or found.get("server"),
        found.get("portnumber") or found.get("port"),
    )
    if (host and named[0]) or (port and named[1]):
        raise NotJdbc("The JDBC address names its host or port twice.")
    kept = tuple(pair for pair in properties if pair[0].casefold() not in _PLACE_PROPERTIES)
    return host or named[0] or "", port or named[1] or "", kept


def _write_query(database: str, properties: Properties) -> str:
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in properties
    )
    return f"/{quote(database, safe='')}" + (f"?{query}" if query else "")


def _read_query(tail: str) -> tuple[str, Properties]:
    database, _mark, query = _after_slash(tail).partition("?")
    pairs = (_pair(part) for part in query.split("&") if part)
    properties = tuple((_unquoted(name), _unquoted(value)) for name, value in pairs)
    if _NO_DATABASE.search(database):
        raise NotJdbc(f"The JDBC address names no database as “{database[:40]}”.")
    return _unquoted(database), properties


def _unquoted(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise NotJdbc("The JDBC address holds a %-code that is no UTF-8.") from None


def _database(name: str) -> str:
    if _NO_DATABASE.search(name):
        raise NotJdbc(
            f"The JDBC address names no database as “{name[:40]}”; Db2's properties follow a colon."
        )
    return name


def _after_slash(tail: str) -> str:
    if tail and not tail.startswith("/"):
        raise NotJdbc("After host and port, the JDBC address goes on with / and the database.")
    return tail[1:]


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise NotJdbc("A property of the JDBC address does not read name=value.")
    return name.strip(), value


def _refuse(properties: Properties, *separators: str) -> None:
    """Db2's form knows no escape, so what would be read as something else is not written."""
    for name, value in properties:
        if ";" in value or any(separator in name for separator in separators):
            raise NotJdbc(f"The property {name} holds a character that ends a property.")


def _braced(value: str) -> str:
    plain = re.fullmatch(r"[^;{}\s](?:[^;{}]*[^;{}\s])?", value)
    return value if plain or not value else "{" + value.replace("}", "}}") + "}"


def _unbraced(value: str) -> str:
    if value.startswith("{") and value.endswith("}"):
        return value[1:-1].replace("}}", "}")
    return value.strip()


_DATABASE_PROPERTIES = frozenset({"databasename", "database"})
_PLACE_PROPERTIES = frozenset({"servername", "server", "portnumber", "port"})
# A semicolon without a property, as at the end, is let pass by the driver.
_SQLSERVER_PROPERTY = re.compile(
    r";(?:\s*(?P<name>[^=;]+)=(?P<value>\{(?:[^}]|\}\})*\}|[^;{}]*)(?=;|\Z)|\s*(?=;|\Z))"
)

FORMS: dict[str, JdbcForm] = {
    "db2": JdbcForm("jdbc:db2://", 50000, _write_db2, _read_db2),
    "sqlserver": JdbcForm("jdbc:sqlserver://", 1433, _write_sqlserver, _read_sqlserver),
    "mysql": JdbcForm("jdbc:mysql://", 3306, _write_query, _read_query),
    "postgresql": JdbcForm("jdbc:postgresql://", 5432, _write_query, _read_query, "currentSchema"),
}

# By engine and mode of TLS (`pools.states.TlsMode`); names as the drivers document them.
TLS_PROPERTIES: dict[str, dict[str, Properties]] = {
    "db2": {
        "off": (("sslConnection", "false"),),
        "required": (("sslConnection", "true"),),
        "verified": (("sslConnection", "true"), ("sslClientHostnameValidation", "BASIC")),
    },
    "sqlserver": {
        "off": (("encrypt", "false"),),
        "required": (("encrypt", "true"), ("trustServerCertificate", "true")),
        "verified": (("encrypt", "true"), ("trustServerCertificate", "false")),
    },
    "mysql": {
        "off": (("sslMode", "DISABLED"),),
        "required": (("sslMode", "REQUIRED"),),
        "verified": (("sslMode", "VERIFY_IDENTITY"),),
    },
    "postgresql": {
        "off": (("sslmode", "disable"),),
        "required": (("sslmode", "require"),),
        "verified": (("sslmode", "verify-full"),),
    },
}
