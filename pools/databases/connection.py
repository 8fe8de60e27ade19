"""Opening a managed database through its Django backend.

The backends live in a private `ConnectionHandler`, never in `settings.DATABASES`: a page cannot
reach one by accident, and nothing of Django's ORM routes to it. Only workers call this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from console.database_options import as_settings, completed, merged
from pools.databases.address import check_port, require_engine
from pools.databases.engine import DatabaseEngine
from pools.databases.engines import ENGINES
from pools.databases.errors import (
    ABOUT_THE_ADDRESS,
    DatabaseError,
    DatabasePortClosed,
    DatabaseTimedOut,
    DriverFailed,
    DriverMissing,
    EncryptionFailed,
    HostUnknown,
    LoginUnusable,
    database_error,
)
from pools.databases.login import DatabaseLogin
from pools.states import TlsMode

__all__ = ["DatabaseLogin", "open_connection", "prepare_connection"]


@contextmanager
def open_connection(
    login: DatabaseLogin,
    *,
    connect_timeout: int = 10,
    options: Mapping[str, Any] | None = None,
) -> Iterator[BaseDatabaseWrapper]:
    """A connected Django backend, closed at the end. `options` are more of its driver's own.

    Raises a `pools.databases.errors.DatabaseError` that says what is wrong with the address.
    """
    engine = ENGINES[login.engine]
    connection = prepare_connection(login, connect_timeout=connect_timeout)
    connection.settings_dict["OPTIONS"] = connection.settings_dict["OPTIONS"] | dict(options or {})
    dialect = engine.dialect
    try:
        try:
            connection.ensure_connection()
        except Error as error:
            address = f"{engine.name} at {login.host}:{login.port}/{login.name}"
            raise _diagnosed(login, address, dialect.translate(error, address)) from None
        except Exception as error:  # noqa: BLE001  a driver's own, or Django's over an odd answer
            raise DriverFailed(address, error) from None
        if dialect.opened is not None:
            dialect.opened(connection)
        _require_tls(login, engine, connection)
        yield connection
    finally:
        connection.close()


def _require_tls(
    login: DatabaseLogin, engine: DatabaseEngine, connection: BaseDatabaseWrapper
) -> None:
    """Ask what was negotiated: MySQL's drivers go on without TLS where the server has none."""
    if login.tls not in {TlsMode.REQUIRED, TlsMode.VERIFIED}:
        return
    with (
        engine.translated_errors(login.host, login.port, login.name),
        connection.cursor() as cursor,
    ):
        encrypted = engine.dialect.encryption(cursor, login).encrypted
    if not encrypted:
        address = f"{engine.name} at {login.host}:{login.port}/{login.name}"
        raise database_error(EncryptionFailed, address)


def prepare_connection(login: DatabaseLogin, *, connect_timeout: int = 10) -> BaseDatabaseWrapper:
    """The Django backend, not connected yet. Raises DriverMissing or LoginUnusable."""
    engine = ENGINES[login.engine]
    _refuse_forbidden_characters(login, engine)
    # Backends remember a server's version by alias, so each address has one of its own.
    alias = f"{login.engine}://{login.host}:{login.port}/{login.name}"
    handler = ConnectionHandler(
        {
            "default": {},
            alias: completed(_settings(login, engine, connect_timeout)),
        }
    )
    try:
        connection = handler[alias]
    except (ImportError, ImproperlyConfigured) as error:
        # Installed, but a library of the system is missing: the loader's text says which.
        reason = error.__cause__ or error
        raise DriverMissing(f"The driver of {engine.name} cannot be loaded: {reason}") from None
    if engine.dialect.loaded is not None:
        engine.dialect.loaded()
    return connection


def _settings(login: DatabaseLogin, engine: DatabaseEngine, connect_timeout: int) -> dict[str, Any]:
    """Ours first, then how it is secured; what the address itself asks for counts last."""
    dialect = engine.require_dialect()
    return merged(
        {
            "ENGINE": engine.backend,
            "HOST": login.host,
            "PORT": str(login.port),
            "NAME": login.name,
            "USER": login.user,
            "PASSWORD": login.password,
        },
        dialect.settings(login.schema, connect_timeout),
        dialect.secure(login),
        as_settings(engine.backend, dict(login.options)) if login.options else {},
    )


def _refuse_forbidden_characters(login: DatabaseLogin, engine: DatabaseEngine) -> None:
    """What ends a value in a driver's connection string would begin another setting there."""
    parts = {"host": login.host, "database": login.name, "schema": login.schema}
    parts |= {"user name": login.user, "password": login.password}
    for part, value in parts.items():
        found = next((each for each in engine.forbidden_characters if each in value), "")
        if found:
            raise LoginUnusable(f"The driver of {engine.name} takes no “{found}” in the {part}.")


def _diagnosed(login: DatabaseLogin, address: str, error: DatabaseError) -> DatabaseError:
    """Ask the address itself where the driver did not hear from the right server.

    A driver that speaks to the wrong kind of server often only reports that it waited too long.
    """
    if error.code and not isinstance(error, ABOUT_THE_ADDRESS):
        return error
    try:
        check_port(login.host, login.port)
        require_engine(login.engine, login.host, login.port)
    except DatabaseError as precise:
        return precise
    if isinstance(error, (HostUnknown, DatabasePortClosed)):
        # It is there and open, so what the driver makes of that is wrong.
        return database_error(DatabaseTimedOut, address, error.code)
    return error
