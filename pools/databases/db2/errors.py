"""What Db2's errors mean, by the message number of its client and server."""

from __future__ import annotations

import re

from django.db import Error

from pools.databases.errors import (
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseMissing,
    DatabasePortClosed,
    DatabaseTimedOut,
    EncryptionFailed,
    HostUnknown,
    OnlyReadable,
    PrivilegeMissing,
    TooManyConnections,
    database_error,
)

BY_CODE: dict[str, type[DatabaseError]] = {
    "SQL30082N": DatabaseLoginRefused,
    "SQL20576N": EncryptionFailed,
    "SQL1060N": PrivilegeMissing,
    "SQL0551N": PrivilegeMissing,
    "SQL0552N": PrivilegeMissing,
    "SQL0567N": PrivilegeMissing,
    "SQL1092N": PrivilegeMissing,
    "SQL1013N": DatabaseMissing,
    "SQL30061N": DatabaseMissing,
    "SQL1031N": DatabaseMissing,
    "SQL1336N": HostUnknown,
    "SQL30080N": DatabaseConnectionLost,
    "SQL1224N": DatabaseConnectionLost,
    "SQL1229N": DatabaseConnectionLost,
    "SQL1024N": DatabaseConnectionLost,
    "SQL0900N": DatabaseConnectionLost,
    "SQL1032N": DatabasePortClosed,
    "SQL1035N": DatabaseTimedOut,
    "SQL1776N": OnlyReadable,
    "SQL1773N": OnlyReadable,
    "SQL0289N": DatabaseFull,
    "SQL0964C": DatabaseFull,
    "SQL0968C": DatabaseFull,
    "SQL0902C": DatabaseError,
    "SQL1040N": TooManyConnections,
    "SQL1226N": TooManyConnections,
}
# SQL30081N names the call that failed: the kind of fault is in that name.
FAILED_CALL = re.compile(r'function detecting the error: "(\w+)"', re.IGNORECASE)
WAITING_IN_VAIN = "selectforrecvtimeout"


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text, which may hold
    addresses and names."""
    text = str(error.__cause__ or error)
    code = error_code(text)
    kind = _communication_error(text) if code == "SQL30081N" else BY_CODE.get(code, DatabaseError)
    reason = re.search(r'reason "?(\d+)"?', text)
    detail = f"{code} reason {reason[1]}" if code == "SQL30082N" and reason else code
    return database_error(kind, address, detail)


def _communication_error(text: str) -> type[DatabaseError]:
    found = FAILED_CALL.search(text)
    call = found[1].casefold() if found else ""
    if "connect" in call:
        return DatabasePortClosed
    return DatabaseTimedOut if call == WAITING_IN_VAIN else DatabaseConnectionLost


def error_code(text: str) -> str:
    found = re.search(r"\bSQL\d{4,5}[CNW]\b", text)
    return found[0] if found else ""
