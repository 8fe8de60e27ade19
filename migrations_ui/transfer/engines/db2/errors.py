"""What Db2's driver raises: its text carries the engine's code, SQL0803N."""

from __future__ import annotations

import re

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict, TargetLocked
from migrations_ui.transfer.errors import TargetError, TargetFull, TargetRefused

CODE = re.compile(r"\bSQL\d{4,5}[CNW]\b")
# Communication, no connection, forced off, stopped, deadlock, too many.
GONE = frozenset(
    {
        *("SQL30080N", "SQL30081N", "SQL1024N", "SQL0900N", "SQL1224N", "SQL1229N", "SQL1032N"),
        *("SQL1034C", "SQL0911N", "SQL0913N", "SQL1040N", "SQL1226N", "SQL1131N", "SQL1476N"),
    }
)
# The same codes with another reason: nobody ends such a wait but the one who holds the lock.
TIMED_OUT = re.compile(r"[Rr]eason code:?\s*\"?68\b")
DUPLICATE = "SQL0803N"
REMEDIES = {
    "SQL0289N": "Have the DBA make room in the table space, then resume.",
    "SQL0964C": "The transaction log is full: have the DBA enlarge it, then resume.",
    "SQL0968C": "The file system is full: make room, then resume.",
    "SQL0433N": "A value is longer than its column.",
    "SQL0302N": "A value does not fit its column.",
    "SQL0551N": "The login lacks a privilege: have the DBA grant it.",
    "SQL0286N": "The login has no table space for a new table: have the DBA grant it one.",
}
FULL = frozenset({"SQL0289N", "SQL0964C", "SQL0968C"})
LAYERS = re.compile(r"\[[^\]]*\]\s*")
SHOWN = 300


def trouble(error: BaseException) -> TargetError:
    """ConnectionGone, KeyConflict or TargetRefused."""
    text = str(error.__cause__ or error)
    found = CODE.search(text)
    code = found[0] if found else ""
    said = " ".join(LAYERS.sub("", text).split())[:SHOWN]
    if code in GONE and TIMED_OUT.search(text):
        return TargetLocked(f"{TargetLocked()} Db2 says: {said}")
    if code in GONE:
        return ConnectionGone(f"{ConnectionGone()} Db2 says: {said}")
    if code == DUPLICATE:
        return KeyConflict(f"{KeyConflict()} Db2 says: {said}")
    kind = TargetFull if code in FULL else TargetRefused
    return kind(f"{TargetRefused()} Db2 says: {said} {REMEDIES.get(code, '')}".strip())
