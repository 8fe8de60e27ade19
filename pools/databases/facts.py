"""What a database engine is: facts, and the words of its dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from pools.databases.errors import DatabaseError, DriverMissing
from pools.databases.login import DatabaseLogin

OURS = "this console's own choice: no vendor page names it for Traveler"
# They need a library of the system, so that being installed does not mean working.
LINKED = frozenset({"pyodbc", "MySQLdb"})


@dataclass(frozen=True, slots=True)
class CodeSet:
    """How the database keeps text. `suffices`: it takes every character of every name.

    `folding`: the collation under which different names are the same, such as those that differ
    in case only; empty when it tells them all apart, as Derby does.
    """

    name: str
    suffices: bool
    folding: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What the engine tells of its room; `free` in bytes, None when it does not say."""

    text: str
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Whether another copy of the database could take over, in the engine's own words."""

    text: str
    redundant: bool
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Encryption:
    """What protects this very connection: protocol and cipher, as the server says it."""

    text: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Minimum:
    """The oldest version of a product that will do. `why`: who says so."""

    product: str
    version: str
    why: str
    recommended: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine is opened and asked. Each question takes an open cursor.

    `settings(schema, connect_timeout)` are further keys of a `settings.DATABASES` entry, the
    timeout in seconds; `secure(login)` are those of TLS and of how the password may be sent.
    `loaded` is called when the backend was imported, `opened` with each new connection;
    `encryption` tells what protects one. `translate(error, address)`
    turns a driver error into ours. `version` begins with a product of `EngineFacts.minimums`.
    `missing_privileges` also takes the schema that is asked for, or an empty text.
    """

    settings: Callable[[str, int], dict[str, Any]]
    translate: Callable[[Error, str], DatabaseError]
    version: Callable[[CursorWrapper], str]
    code_set: Callable[[CursorWrapper], CodeSet]
    missing_privileges: Callable[[CursorWrapper, str], list[str]]
    room: Callable[[CursorWrapper], Room]
    availability: Callable[[CursorWrapper], Redundancy]
    secure: Callable[[DatabaseLogin], dict[str, Any]]
    encryption: Callable[[CursorWrapper, DatabaseLogin], Encryption]
    loaded: Callable[[], None] | None = None
    opened: Callable[[BaseDatabaseWrapper], None] | None = None


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What differs between engines.

    `drivers` are the Python modules that have to be importable, `install` is the line that brings
    them. `jdbc_jar` is the file Traveler's container tests look for in Traveler/lib (domain.md 10),
    for Db2 the article's. `schema_rule` and `code_set` say in words what the engine does when no
    schema is entered, and how the database has to be created. `unsayable` are characters that the
    driver's connection string has no way to carry. `takes_authority`: its driver can be given a
    certificate authority of its own, beside those that the worker's system trusts.
    `schema_parameter` is what notes.ini calls the schema, where Traveler reads it there.
    """

    name: str
    backend: str
    drivers: tuple[str, ...]
    install: str
    default_port: int
    jdbc_jar: str
    vendor_supported: bool
    minimums: tuple[Minimum, ...]
    schema_rule: str
    code_set: str
    dialect: Dialect
    unsayable: str = ""
    takes_authority: bool = True
    schema_parameter: str = ""

    @property
    def why_not_offered(self) -> str:
        """Empty when a person may choose this engine."""
        missing = [driver for driver in self.drivers if not _importable(driver)]
        if not missing:
            return ""
        return f"{' and '.join(missing)} cannot be loaded; on every worker: {self.install}"

    @property
    def title(self) -> str:
        """Its name, and whether it is the vendor's choice or ours."""
        return f"{self.name} ({self.remark})" if self.remark else self.name

    @property
    def remark(self) -> str:
        """What is to be known of it beside its name; empty for the vendor's choice."""
        return "" if self.vendor_supported else OURS

    def require_dialect(self) -> Dialect:
        """Raises DriverMissing for an engine that is not offered."""
        why = self.why_not_offered
        if why:
            raise DriverMissing(f"{self.name}: {why}")
        return self.dialect

    def minimum(self, version: str) -> Minimum | None:
        """What that version is measured by."""
        return next((each for each in self.minimums if version.startswith(each.product)), None)

    @contextmanager
    def translated_errors(self, host: str, port: int, name: str) -> Iterator[None]:
        """Raise driver errors as `DatabaseError`s that name the address and the remedy."""
        try:
            yield
        except Error as error:
            raise self.dialect.translate(error, f"{self.name} at {host}:{port}/{name}") from None


def _importable(module: str) -> bool:
    """Whether it is installed; imported only where that is harmless and finding is not enough."""
    if find_spec(module) is None:
        return False
    if module in LINKED:
        try:
            import_module(module)
        except ImportError:
            return False
    return True
