"""How a connection to Db2 is opened and secured.

Its Django backend patches Django when imported, so nothing here imports it: Django does, in a
worker that opens such a database. No server runs where this is tested (docs/engines.md).
"""

from __future__ import annotations

from typing import Any

from console.database_options import DB2_KEYWORDS
from pools.databases.login import DatabaseLogin
from pools.databases.trust import ca_file
from pools.states import TlsMode

# SQL_ATTR_AUTOCOMMIT and SQL_ATTR_LOGIN_TIMEOUT of the call-level interface: the driver's module
# has names for them, but importing it here would load it into every process.
AUTOCOMMIT, LOGIN_TIMEOUT = 102, 103


def settings(schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options. Without a schema it is the user's name (domain.md 4); with one, the value
    of NTS_DB2_SCHEMA. Keepalives are set in the client's db2dsdriver.cfg only."""
    chosen = {"CURRENTSCHEMA": schema} if schema else {}
    return {"OPTIONS": {"conn_options": {AUTOCOMMIT: 1, LOGIN_TIMEOUT: connect_timeout}}} | chosen


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS, and no password as it is without it, unless that is allowed.

    The client compares the server's certificate in both modes of TLS, with the authority that is
    given and those it knows; the server's name only where that is asked for (11.5.6 and later).
    """
    if login.tls in {TlsMode.REQUIRED, TlsMode.VERIFIED}:
        chosen: dict[str, Any] = {"SECURITY": "SSL"}
        if login.ca_pem:
            chosen["SSLSERVERCERTIFICATE"] = ca_file(login.ca_pem)
        if login.is_verified:
            chosen[DB2_KEYWORDS] = {"SSLCLIENTHOSTNAMEVALIDATION": "Basic"}
        return chosen
    return {} if login.allow_cleartext else {DB2_KEYWORDS: {"AUTHENTICATION": "SERVER_ENCRYPT"}}


def loaded() -> None:
    """Undo what the backend's patches break on every other engine: a moment plus a duration.

    It puts its own kind of value into such expressions of the whole process, which asks the
    engine's operations for a method that only Db2's have.
    """
    from django.db.models import Value
    from ibm_db_django.expressions import DurationValue

    for vendor in ("sqlite", "postgresql", "mysql", "microsoft"):
        setattr(DurationValue, f"as_{vendor}", Value.as_sql)
