"""What PostgreSQL's refusals mean for a migration. Its primary message names no secret and no
row."""

from __future__ import annotations

import psycopg
from psycopg import errors

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict, TargetLocked
from migrations_ui.transfer.errors import TargetError, TargetFull, TargetRefused

# Worth another try on a new connection: class 08, shutdown, crash, start-up, too many
# connections, deadlock, serialization.
RETRY_CODES = frozenset({"57P01", "57P02", "57P03", "53300", "40P01", "40001"})
LOCK_CODE = "55P03"
FULL = "Its disk is full: make room there, then retry. What was committed stays."
NARROW = "A value does not fit its column."
REMEDIES = {
    "53100": FULL,
    "53200": "The server is short of memory: look at its log, then retry.",
    "53400": "A limit of the server's configuration is reached: have the DBA raise it, then retry.",
    "25006": "It is read-only: has another server become the primary? Have the DBA open it for "
    "changes, or correct the address, then retry.",
    "42501": "Have the DBA grant that right to the pool's database user, then retry.",
    "57014": "The DBA or a time limit of the server ended the statement: have it lifted for the "
    "pool's database user, then retry.",
    "42P01": "Has somebody dropped or renamed it?",
    "42703": "Has somebody dropped or renamed it?",
    "22001": NARROW,
    "22003": NARROW,
    "23502": "Somebody requires a value now that the rows do not have.",
    "23503": "Rows refer to one that is not there: it was left out, or kept back.",
}
# Io errors of the server have no code of their own for a full disk.
DISK_FULL = "No space left on device"


def translate(error: psycopg.Error, *, broken: bool) -> TargetError:
    """The exception for a driver's; `broken`: the connection is no more."""
    code = error.sqlstate or ""
    said = error.diag.message_primary or type(error).__name__
    if isinstance(error, errors.UniqueViolation):
        return KeyConflict(f"{KeyConflict()} PostgreSQL says: {said}")
    if broken or code in RETRY_CODES or code.startswith("08"):
        return ConnectionGone()
    if code == LOCK_CODE:
        return TargetLocked()
    remedy = REMEDIES.get(code, FULL if DISK_FULL in said else "")
    said = said if said.endswith(".") else f"{said}."
    kind = TargetFull if remedy is FULL else TargetRefused
    return kind(f"{TargetRefused()} PostgreSQL says ({code}): {said} {remedy}".strip())
