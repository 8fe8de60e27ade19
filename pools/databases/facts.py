"""What a database engine is: facts, and for the engines we can open, the words of its dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.db import Error
from django.db.backends.utils import CursorWrapper

from pools.databases.errors import DatabaseError, DriverMissing


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine is opened and asked. Each question takes an open cursor.

    `settings(schema, connect_timeout)` are further keys of a `settings.DATABASES` entry, the
    timeout in seconds. `translate(error, address)` turns a driver error into ours.
    """

    settings: Callable[[str, int], dict[str, Any]]
    translate: Callable[[Error, str], DatabaseError]
    version: Callable[[CursorWrapper], str]
    encoding: Callable[[CursorWrapper], str]
    missing_privileges: Callable[[CursorWrapper], list[str]]


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What differs between engines.

    `driver` is the Python module that has to be importable, `package` what brings it. `jdbc_jar`
    is the file Traveler's container tests look for in Traveler/lib (domain.md 10). Without a
    `dialect` the engine is known but not offered: this console cannot open it yet.
    """

    name: str
    backend: str
    driver: str
    package: str
    default_port: int
    jdbc_jar: str
    vendor_supported: bool
    dialect: Dialect | None = None

    @property
    def why_not_offered(self) -> str:
        """Empty when a person may choose this engine."""
        if self.dialect is None:
            return f"Lifeguard cannot open {self.name} databases yet."
        if find_spec(self.driver) is None:
            return (
                f"The driver {self.driver} is not installed;"
                f" on the console and every worker: pip install {self.package}"
            )
        return ""

    def require_dialect(self) -> Dialect:
        """Raises DriverMissing for an engine that is not offered."""
        if self.dialect is None or self.why_not_offered:
            raise DriverMissing(self.why_not_offered)
        return self.dialect

    @contextmanager
    def translated_errors(self, host: str, port: int, name: str) -> Iterator[None]:
        """Raise driver errors as `DatabaseError`s that name the address and the remedy."""
        try:
            yield
        except Error as error:
            raise self.require_dialect().translate(
                error, f"{self.name} at {host}:{port}/{name}"
            ) from None
