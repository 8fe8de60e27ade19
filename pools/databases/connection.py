"""Opening a managed database through its Django backend.

The backends live in a private `ConnectionHandler`, never in `settings.DATABASES`: a page cannot
reach one by accident, and nothing of Django's ORM routes to it. Only workers call this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from pools.databases.engines import ENGINES


@dataclass(frozen=True, slots=True)
class DatabaseLogin:
    """Address and credentials of one database; `engine` is a key of `ENGINES`."""

    engine: str
    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    schema: str = ""


@contextmanager
def open_connection(
    login: DatabaseLogin, *, connect_timeout: int = 10
) -> Iterator[BaseDatabaseWrapper]:
    """A connected Django backend, closed at the end.

    Raises a `pools.databases.errors.DatabaseError` that says what is wrong with the address.
    """
    engine = ENGINES[login.engine]
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": engine.backend,
                "HOST": login.host,
                "PORT": str(login.port),
                "NAME": login.name,
                "USER": login.user,
                "PASSWORD": login.password,
                "OPTIONS": engine.options(login.schema, connect_timeout),
            }
        }
    )
    connection = handler["default"]
    try:
        with engine.translated_errors(login.host, login.port, login.name):
            connection.ensure_connection()
        yield connection
    finally:
        connection.close()
