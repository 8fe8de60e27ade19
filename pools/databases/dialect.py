"""How one engine is opened and what it is asked: functions of each engine's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from pools.databases.errors import DatabaseError
from pools.databases.login import DatabaseLogin


@dataclass(frozen=True, slots=True)
class CodeSet:
    """How the database keeps text. `suffices`: it takes every character of every name.

    `folding`: the collation under which different names are the same, such as those that differ
    in case only; empty when it tells them all apart, as Derby does.
    """

    name: str
    suffices: bool
    folding: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What the engine reports of its free space; `free` in bytes, None when it does not say."""

    text: str
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Whether another copy of the database could take over, in the engine's own words."""

    text: str
    redundant: bool
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Encryption:
    """What protects this very connection: protocol and cipher, as the server says it."""

    text: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine is opened and asked. Each question takes an open cursor.

    `settings(schema, connect_timeout)` are further keys of a `settings.DATABASES` entry, the
    timeout in seconds; `secure(login)` are those of TLS and of how the password may be sent.
    `loaded` is called when the backend was imported, `opened` with each new connection;
    `encryption` answers with what protects one. `translate(error, address)` turns a driver error
    into ours. `version` begins with a product of `DatabaseEngine.minimums`.
    `missing_privileges` also takes the schema that was entered, or an empty text.
    """

    settings: Callable[[str, int], dict[str, Any]]
    translate: Callable[[Error, str], DatabaseError]
    version: Callable[[CursorWrapper], str]
    code_set: Callable[[CursorWrapper], CodeSet]
    missing_privileges: Callable[[CursorWrapper, str], list[str]]
    room: Callable[[CursorWrapper], Room]
    availability: Callable[[CursorWrapper], Redundancy]
    secure: Callable[[DatabaseLogin], dict[str, Any]]
    encryption: Callable[[CursorWrapper, DatabaseLogin], Encryption]
    loaded: Callable[[], None] | None = None
    opened: Callable[[BaseDatabaseWrapper], None] | None = None
