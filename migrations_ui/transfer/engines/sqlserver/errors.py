"""What SQL Server's driver raises, in the engine's words.

The driver gives no error number, only its own sentence for an SQLSTATE and the server's text,
which is in the login's language; the first never changes.
"""

from __future__ import annotations

import re

from django.db import DataError, Error, IntegrityError

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict, TargetLocked
from migrations_ui.transfer.errors import TargetError, TargetFull, TargetRefused

# Class 08 and time-outs, and a deadlock's victim (40001): worth another try.
GONE = (
    "connection not open",
    "connection failure",
    "communication link failure",
    "client unable to establish connection",
    "server rejected the connection",
    "timeout expired",
    "serialization failure",
    "deadlock",
    "forcibly closed",
    "connection is closed",
    "shutdown is in progress",
)
LOCKED = "lock request time out period exceeded"
DUPLICATE = re.compile(r"duplicate key|unique key constraint|primary key constraint|unique index")
FULL = ("could not allocate space", "transaction log for database")
SHOWN = 300
# What stands in brackets in front says which layers the text came through.
LAYERS = re.compile(r"^(?:\[[^\]]*\])+")
# The server quotes the row's own values here.
VALUES = re.compile(r"(The duplicate key value is|Truncated value:).*", re.DOTALL)


def trouble(error: Error) -> TargetError:
    """ConnectionGone, KeyConflict or TargetRefused."""
    said = _text(error)
    lowered = str(error).casefold()
    if LOCKED in lowered:
        return TargetLocked(f"{TargetLocked()} SQL Server says: {said}")
    if any(words in lowered for words in GONE):
        return ConnectionGone(f"{ConnectionGone()} SQL Server says: {said}")
    if isinstance(error, IntegrityError) and DUPLICATE.search(lowered):
        return KeyConflict(f"{KeyConflict()} SQL Server says: {said}")
    remedy = ""
    if any(words in lowered for words in FULL):
        room = "Have the DBA make room, then resume."
        return TargetFull(f"{TargetRefused()} SQL Server says: {said} {room}")
    if isinstance(error, DataError):
        remedy = " A value does not fit its column."
    return TargetRefused(f"{TargetRefused()} SQL Server says: {said}{remedy}")


def _text(error: Error) -> str:
    server = getattr(error.__cause__, "ddbc_error", "") or str(error)
    return VALUES.sub("", LAYERS.sub("", server)).strip()[:SHOWN]
