"""How a connection to MySQL or MariaDB is opened and secured."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from pools.databases.login import DatabaseLogin
from pools.databases.trust import ca_file
from pools.states import TlsMode


def settings(_schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options; a schema means nothing here, a database is one (domain.md 4).

    Strict whatever the server is set to, since a lax one cuts values short and says nothing.
    """
    return {
        "OPTIONS": {
            "charset": "utf8mb4",
            "connect_timeout": connect_timeout,
            # A server may ask for any file of the worker's in answer to any statement.
            "local_infile": 0,
            "init_command": (
                "SET SESSION sql_mode = CONCAT_WS(',', @@SESSION.sql_mode, "
                "'STRICT_ALL_TABLES', 'NO_ENGINE_SUBSTITUTION')"
            ),
        }
    }


SSL_MODES = {TlsMode.OFF: "DISABLED", TlsMode.REQUIRED: "REQUIRED"}
CLIENT_SETTINGS = Path(__file__).with_name("client.cnf")


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS, and no password as it is to a server that was not verified, unless that is allowed.

    The driver has no argument for the second: its library reads it from a file.
    """
    options: dict[str, Any] = {}
    if login.is_verified:
        options["ssl_mode"] = "VERIFY_IDENTITY"
        options["ssl"] = {"ca": ca_file(login.ca_pem)}
    elif login.tls in SSL_MODES:
        options["ssl_mode"] = SSL_MODES[TlsMode(login.tls)]
    if not (login.is_verified or login.allow_cleartext):
        options["read_default_file"] = str(CLIENT_SETTINGS)
        options["read_default_group"] = "lifeguard"
    return {"OPTIONS": options}


def opened(connection: BaseDatabaseWrapper) -> None:
    """Notice a server that vanished within a minute; the driver has no option for that."""
    with (
        contextlib.suppress(OSError),
        socket.socket(fileno=os.dup(connection.connection.fileno())) as peer,
    ):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
