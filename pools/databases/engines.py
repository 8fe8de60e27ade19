"""Facts per engine: backend, port, connection options, and the meaning of its errors.

No flow lives here. PostgreSQL is this console's own target: no vendor page names it
(anchors.md 0).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import Error

from pools.databases import postgresql
from pools.databases.errors import DatabaseError
from pools.states import Engine


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What differs between engines."""

    name: str
    backend: str
    default_port: int
    jdbc_jar: str
    vendor_supported: bool
    options: Callable[[str, int], dict[str, Any]]
    translate: Callable[[Error, str], DatabaseError]

    @contextmanager
    def translated_errors(self, host: str, port: int, name: str) -> Iterator[None]:
        """Raise driver errors as `DatabaseError`s that name the address and the remedy."""
        try:
            yield
        except Error as error:
            raise self.translate(error, f"{self.name} at {host}:{port}/{name}") from None


ENGINES: dict[str, EngineFacts] = {
    Engine.POSTGRESQL: EngineFacts(
        name="PostgreSQL",
        backend="django.db.backends.postgresql",
        default_port=5432,
        jdbc_jar="postgresql-jdbc.jar",
        vendor_supported=False,
        options=postgresql.options,
        translate=postgresql.translate,
    ),
}
