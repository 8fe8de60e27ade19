from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from pools.databases.dialect import CodeSet, Encryption, Redundancy, Room
from pools.databases.login import DatabaseLogin
from pools.databases.queries import single_value


def version(cursor: CursorWrapper) -> str:
    return f"Toy {single_value(cursor, 'SELECT sqlite_version()')}"


def code_set(_cursor: CursorWrapper) -> CodeSet:
    return CodeSet("UTF-8", suffices=True)


def missing_privileges(_cursor: CursorWrapper, _schema: str) -> list[str]:
    return []


def room(_cursor: CursorWrapper) -> Room:
    return Room("Room enough.")


def availability(_cursor: CursorWrapper) -> Redundancy:
    return Redundancy("Toys come in pairs.", redundant=True)


def encryption(_cursor: CursorWrapper, _login: DatabaseLogin) -> Encryption:
    return Encryption("ToyTLS", encrypted=True)
