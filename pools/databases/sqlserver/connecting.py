"""How a connection to SQL Server is opened and secured.

The driver `mssql_python` brings its own client library; the Django backend imports pyodbc all the
same, which wants Debian's libodbc2. No server runs where this is tested (docs/engines.md).
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from console.database_options import connection_string
from pools.databases.login import DatabaseLogin
from pools.states import TlsMode


def settings(_schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options. The schema is the login's default one and cannot be chosen here."""
    return {
        "OPTIONS": {
            "python_driver": "mssql_python",
            "connection_timeout": connect_timeout,
            # A missing database counts as passing trouble there, and would be tried again.
            "connection_retries": 0,
            "extra_params": "KeepAlive=20;KeepAliveInterval=10",
        }
    }


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS. The login itself is encrypted in any case, also without TLS for the rest.

    The driver compares a certificate with what the worker's system trusts; the keyword that names
    one, ServerCertificate, works with SQL Server 2022 and Encrypt=strict only. Where nothing was
    chosen, the server is not verified: one that nobody gave a certificate makes its own.
    """
    keywords = {
        "Encrypt": "no" if login.tls == TlsMode.OFF else "yes",
        "TrustServerCertificate": "no" if login.is_verified else "yes",
    }
    return {"OPTIONS": {"extra_params": connection_string(keywords)}}


def opened(connection: BaseDatabaseWrapper) -> None:
    """Commit statement by statement, as on the other engines.

    The driver begins the other way, and the backend changes that only inside a transaction.
    """
    connection.connection.autocommit = True
