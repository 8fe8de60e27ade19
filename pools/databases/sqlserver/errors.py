"""What SQL Server's errors mean, by number, wording or the words of its driver."""

from __future__ import annotations

import re

from django.db import Error

from pools.databases.errors import (
    DatabaseCertificateRefused,
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

BY_CODE: dict[int, type[DatabaseError]] = {
    18452: DatabaseLoginRefused,
    18456: DatabaseLoginRefused,
    18470: DatabaseLoginRefused,
    18487: DatabaseLoginRefused,
    18488: DatabaseLoginRefused,
    916: DatabaseLoginRefused,
    4060: DatabaseMissing,
    911: DatabaseMissing,
    53: DatabasePortClosed,
    10057: DatabasePortClosed,
    10061: DatabasePortClosed,
    10060: DatabaseTimedOut,
    258: DatabaseTimedOut,
    11001: HostUnknown,
    233: DatabaseConnectionLost,
    10053: DatabaseConnectionLost,
    10054: DatabaseConnectionLost,
    6005: DatabaseConnectionLost,
    1105: DatabaseFull,
    9002: DatabaseFull,
    229: PrivilegeMissing,
    230: PrivilegeMissing,
    262: PrivilegeMissing,
    297: PrivilegeMissing,
    300: PrivilegeMissing,
    3906: OnlyReadable,
    17809: TooManyConnections,
    10928: TooManyConnections,
}
# The driver passes the server's text on, but not its number; this finds the number again. The
# text is English unless the login has another default language: then BY_DRIVER_TEXT decides.
CODE_BY_WORDING: tuple[tuple[str, int], ...] = (
    ("login failed for user", 18456),
    ("cannot open database", 4060),
    ("could not allocate space", 1105),
    ("transaction log for database", 9002),
    ("permission denied in database", 262),
    ("view server state permission was denied", 300),
    ("view server performance state permission was denied", 300),
    ("does not have permission to perform this action", 297),
    ("permission was denied on the", 229),
    ("because the database is read-only", 3906),
    ("maximum number of", 17809),
    ("could not open a connection to sql server", 53),
    ("no process is on the other end of the pipe", 233),
    ("forcibly closed by the remote host", 10054),
    ("server was not found or was not accessible", 53),
)
# The driver's own words for an SQLSTATE, which never change with the server's language.
BY_DRIVER_TEXT: tuple[tuple[str, type[DatabaseError]], ...] = (
    ("invalid authorization specification", DatabaseLoginRefused),
    ("invalid catalog name", DatabaseMissing),
    ("server rejected the connection", DatabaseLoginRefused),
    ("client unable to establish connection", DatabasePortClosed),
    ("connection not open", DatabaseConnectionLost),
    ("connection failure during transaction", DatabaseConnectionLost),
    ("communication link failure", DatabaseConnectionLost),
    ("timeout expired", DatabaseTimedOut),
)
ENCRYPTION = ("ssl provider", "encryption not supported", "certificate verify failed")


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text."""
    text = str(error.__cause__ or error).casefold()
    code = error_code(text)
    kind = BY_CODE.get(code)
    if any(words in text for words in ENCRYPTION):
        kind = DatabaseCertificateRefused if "certificate" in text else EncryptionFailed
    if kind is None:
        kind = next((kind for words, kind in BY_DRIVER_TEXT if words in text), DatabaseError)
    return database_error(kind, address, str(code or ""))


def error_code(text: str) -> int:
    """The server's error number, or the operating system's, from an error's text."""
    hexadecimal = re.search(r"error code 0x([0-9a-f]+)", text)
    if hexadecimal:
        return int(hexadecimal[1], 16)
    numbers = (int(number) for number in re.findall(r"[(\[](\d{2,5})[)\]]", text))
    by_number = next((number for number in numbers if number in BY_CODE), 0)
    return by_number or next((code for words, code in CODE_BY_WORDING if words in text), 0)
