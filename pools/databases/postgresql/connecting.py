"""How a connection to PostgreSQL is opened and secured."""

from __future__ import annotations

from typing import Any

from pools.databases.login import DatabaseLogin
from pools.databases.trust import ca_file
from pools.states import TlsMode


def settings(schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options; keepalives so that a vanished server is noticed within a minute."""
    options: dict[str, Any] = {
        "connect_timeout": connect_timeout,
        "application_name": "lifeguard",
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    if schema:
        quoted = '"' + schema.replace('"', '""') + '"'
        # libpq splits this option at blanks that no backslash stands before.
        escaped = quoted.replace("\\", "\\\\").replace(" ", "\\ ")
        options["options"] = f"-c search_path={escaped}"
    return {"OPTIONS": options}


SSL_MODES = {TlsMode.OFF: "disable", TlsMode.REQUIRED: "require", TlsMode.VERIFIED: "verify-full"}


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS, and no password as it is to a server that was not verified, unless that is allowed."""
    options: dict[str, Any] = {}
    if login.tls in SSL_MODES:
        options["sslmode"] = SSL_MODES[TlsMode(login.tls)]
    if login.is_verified:
        options["sslrootcert"] = ca_file(login.ca_pem) or "system"
    elif not login.allow_cleartext:
        options["require_auth"] = "!password"
    return {"OPTIONS": options}
