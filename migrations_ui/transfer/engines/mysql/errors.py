"""What the driver raises, in the transfer's words. Its text is passed on, but for the values of
rows that it may quote: it names no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import MySQLdb

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict, TargetLocked
from migrations_ui.transfer.errors import (
    TargetDriverFailed,
    TargetError,
    TargetFull,
    TargetRefused,
)

# Duplicate entry, by each of its names.
DUPLICATE_CODES = frozenset({1022, 1062, 1169, 1586, 1859})
# Worth another try on a new connection. The server's: too many connections, shutdown, a broken
# packet, deadlock, changed since it was read, connection killed. The client's are those
# from 2000.
GONE_CODES = frozenset(
    {
        *(1040, 1053, 1077, 1079, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1203),
        *(1020, 1213, 1637, 1927, 3168, 4031, 0, 2000, 2001, 2002, 2003, 2006, 2008, 2012),
        *(2013, 2014, 2027, 2048, 2055),
    }
)
LOCK_CODE = 1205
PACKET_CODE = 1153
UNKNOWN = -1
FULL = "Its disk or tablespace is full: make room there, then retry. What was committed stays."
READ_ONLY = (
    "It is read-only: is another one of the cluster the primary now? Have the DBA open it for "
    "changes, or correct the address, then retry."
)
GRANT = "Have the DBA grant that right to the pool's database user, then retry."
ENDED = (
    "The DBA or a time limit of the server ended the statement: have it lifted for the pool's "
    "database user, then retry."
)
REMEDIES = {
    1021: FULL,
    1026: FULL,
    1114: FULL,
    1118: "A row is longer than its row format takes.",
    1142: GRANT,
    1143: GRANT,
    1227: GRANT,
    1370: GRANT,
    1317: ENDED,
    1969: ENDED,
    3024: ENDED,
    1054: "Has somebody dropped or renamed it?",
    1146: "Has somebody dropped or renamed it?",
    1206: "Its lock table is full: raise innodb_buffer_pool_size.",
    1290: READ_ONLY,
    1792: READ_ONLY,
    1836: READ_ONLY,
    1044: "Grant the pool's database user CREATE TEMPORARY TABLES on the database.",
    1452: "Rows refer to one that is not there: it was left out, or kept back.",
    PACKET_CODE: "Raise max_allowed_packet there.",
}
DISK_FULL = "28"
# The server quotes the row's own values here, mostly before the name of the key or column.
VALUES = re.compile(
    r"(Duplicate entry|\bvalue:?) (?:'.*'(?= for (?:key|column) )|'.*'$)", re.DOTALL
)


@contextmanager
def translated() -> Iterator[None]:
    """Raises ConnectionGone, KeyConflict or TargetRefused for what the driver raises."""
    try:
        yield
    except MySQLdb.Error as error:
        raise translate(error) from None
    except TargetError:
        raise
    except Exception as error:  # noqa: BLE001  drivers raise more than they document
        raise TargetDriverFailed(error) from None


def translate(error: MySQLdb.Error) -> TargetError:
    """The exception for a driver's."""
    code = next((value for value in error.args[:1] if isinstance(value, int)), UNKNOWN)
    said = " ".join(str(word) for word in error.args[1:]) or type(error).__name__
    if code == LOCK_CODE:
        return TargetLocked(f"{TargetLocked()} (MySQL {code})")
    if code in GONE_CODES:
        return ConnectionGone(f"{ConnectionGone()} (MySQL {code})")
    return refusal(code, said)


def refusal(code: int, said: str) -> TargetRefused:
    """The exception for an error's or a warning's number and text."""
    said = VALUES.sub(r"\1", said)
    if code in DUPLICATE_CODES:
        return KeyConflict(f"{KeyConflict()} MySQL says: {said}")
    remedy = REMEDIES.get(code, FULL if f"rror {DISK_FULL}" in said else "")
    said = said if said.endswith(".") else f"{said}."
    kind = TargetFull if remedy is FULL else TargetRefused
    return kind(f"{TargetRefused()} MySQL says ({code}): {said} {remedy}".strip())
