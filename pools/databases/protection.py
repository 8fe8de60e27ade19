"""What TLS a connection to a database has, in words, and whether that will do."""

from __future__ import annotations

from dataclasses import dataclass

from pools.databases.dialect import Encryption
from pools.databases.login import DatabaseLogin
from pools.domain.cleartext import is_loopback
from pools.states import Severity

LOCAL = "Not encrypted; the connection does not leave this machine."
OPEN = "Not encrypted: whoever is between can read and change all that is sent."
UNVERIFIED = "the server is not verified, so that somebody else could be answering"
CLEARTEXT = "The server may ask for the password in clear text: that is allowed for this database."
CHOOSE_TLS = "Choose TLS with verification for this database; its server needs a certificate."
VERIFY = "Choose TLS with verification, and enter the certificate of the issuing authority."


@dataclass(frozen=True, slots=True)
class Protection:
    """`remedy` is empty where it will do."""

    text: str
    remedy: str = ""
    severity: Severity | None = None


def assess_protection(login: DatabaseLogin, found: Encryption) -> Protection:
    """What was found on an open connection of that login."""
    if login.is_verified and found.encrypted:
        trusted = "the authority entered here" if login.ca_pem else "this worker's authorities"
        return Protection(f"{found.text}; certificate and name verified with {trusted}.")
    cleartext = f" {CLEARTEXT}" if login.allow_cleartext else ""
    if found.encrypted:
        severity = Severity.WARNING if cleartext else Severity.INFORMATION
        return Protection(f"{found.text}; {UNVERIFIED}.{cleartext}", VERIFY, severity)
    if is_loopback(login.host):
        return Protection(LOCAL)
    return Protection(f"{OPEN}{cleartext}", CHOOSE_TLS, Severity.WARNING)
