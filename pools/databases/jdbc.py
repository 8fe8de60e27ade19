"""JDBC addresses, as `travelerUtil db set url=…` takes them (domain.md 4).

Each engine has the form of its own driver in `jdbc.py` of its folder.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from pools.databases.engines import ENGINES
from pools.databases.jdbc_form import NotJdbc, Properties
from pools.domain.hosts import NotAHost, require_host
from pools.domain.secret_names import is_secret

_ADDRESS = re.compile(r"(?P<host>\[[^\[\]]+\]|[^\[\]:/;?]*)(?::(?P<port>\d{1,20}))?", re.ASCII)
# Drivers take letters, digits and a few marks; `amp;x` and the like come from a page's source.
_PROPERTY = re.compile(r"[A-Za-z][\w.$-]*", re.ASCII)
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class JdbcUrl:
    """engine: a key of ENGINES. properties: in order, as the driver names them."""

    engine: str
    host: str
    port: int
    database: str
    properties: Properties = ()

    def __str__(self) -> str:
        """Write the address in its driver's form."""
        form = ENGINES[self.engine].jdbc
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{form.prefix}{host}:{self.port}{form.write_tail(self.database, self.properties)}"

    def is_same(self, other: JdbcUrl) -> bool:
        """Whether both lead to one database; case and the order of properties do not count."""
        return self._folded == other._folded

    @property
    def schema(self) -> str:
        """The schema that it says to work in; empty where that is left to the login."""
        return ENGINES[self.engine].jdbc.read_schema(self.properties)

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


def parse_jdbc_url(url: str) -> JdbcUrl:
    """Read an address; the default port of the engine stands in for a missing one.

    Raises NotJdbc with the reason: what its driver reads in another way, or refuses, is not read.
    """
    text = url.strip()
    for engine in ENGINES.values():
        form = engine.jdbc
        if not text.casefold().startswith(form.prefix):
            continue
        match = _ADDRESS.match(text, len(form.prefix))
        if match is None:
            raise NotJdbc(
                f"The JDBC address names no host; it should begin {form.prefix}host:port."
            )
        database, properties = form.read_tail(text[match.end() :])
        _refuse_odd_properties(properties)
        host, port, properties = form.read_place(match["host"], match["port"] or "", properties)
        if not host:
            raise NotJdbc(
                f"The JDBC address names no host; it should begin {form.prefix}host:port."
            )
        number = _port(port or str(engine.default_port))
        return JdbcUrl(engine.key, _host(host), number, database, properties)
    known = ", ".join(engine.jdbc.prefix for engine in ENGINES.values())
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


def tls_properties(engine: str, mode: str) -> Properties:
    """The properties that turn TLS on in Traveler's driver; none where nothing was chosen.

    What it verifies the server with is a file of the Traveler host, and so a further property:
    sslrootcert, trustStore, sslCertLocation …
    """
    return ENGINES[engine].jdbc.tls.get(mode, ())


def schema_properties(engine: str, schema: str) -> Properties:
    """The property that has Traveler work in a schema; none where its engine has another way."""
    return ENGINES[engine].jdbc.write_schema(schema)
