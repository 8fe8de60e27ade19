"""The helpdesk's one box: a user's name or address, a device's id or type.

Exact matches come first, then what begins so, then what contains it. Every question is answered
from an index, with a limit, so that an answer takes the same time whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, TypeVar

from django.db.models import Q, QuerySet

from pools.domain.names import abbreviated
from pools.models import Device, TravelerUser
from pools.services.inventory_rows import fold
from pools.services.substring import containing

Row = TypeVar("Row", TravelerUser, Device)

WITH_USER = ("master_server", "pool", "server")
WITH_DEVICE = ("user", *(f"user__{name}" for name in WITH_USER))


class Closeness(IntEnum):
    """How well a key matches; the smaller the better."""

    EXACT = 0
    PREFIX = 1
    SUBSTRING = 2


@dataclass(frozen=True, slots=True)
class Key:
    """A folded column that is searched, and what it is called."""

    column: str
    title: str
    shown: str


USER_KEYS = (Key("name_key", "name", "name"), Key("address_key", "address", "address"))
DEVICE_KEYS = (
    Key("id_key", "device id", "device_id"),
    Key("type_key", "device type", "device_type"),
)


@dataclass(frozen=True, slots=True)
class Match:
    """One line of the answer. `text` is the value that matched; `device` is None for a user."""

    kind: Literal["user", "device"]
    matched_by: str
    closeness: Closeness
    text: str
    user: TravelerUser
    device: Device | None = None


def look_up(text: str, *, limit: int = 10) -> list[Match]:
    """The best matches, at most `limit` users and `limit` devices; [] for an empty text.

    Rows come with their user, master server and pool: the caller needs no further query.
    """
    plain = text.replace("\x00", "").strip()
    wanted = fold(abbreviated(plain) if "=" in plain else plain)
    if not wanted:
        return []
    matches = [*_users(wanted, limit), *_devices(wanted, limit)]
    return sorted(matches, key=lambda match: match.closeness)


def _users(wanted: str, limit: int) -> list[Match]:
    rows = TravelerUser.objects.present().select_related(*WITH_USER)
    found: dict[int, Match] = {}
    for row, key, closeness in _rows(rows, USER_KEYS, wanted, limit):
        match = Match("user", key.title, closeness, getattr(row, key.shown), row)
        found.setdefault(row.pk, match)
        if len(found) == limit:
            break
    return list(found.values())


def _devices(wanted: str, limit: int) -> list[Match]:
    rows = Device.objects.present().select_related(*WITH_DEVICE)
    found: dict[int, Match] = {}
    for row, key, closeness in _rows(rows, DEVICE_KEYS, wanted, limit):
        shown = getattr(row, key.shown) or row.provider
        match = Match("device", key.title, closeness, shown, row.user, row)
        found.setdefault(row.pk, match)
        if len(found) == limit:
            break
    return list(found.values())


def _rows(
    rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int
) -> Iterator[tuple[Row, Key, Closeness]]:
    """Best first; the next question is asked only when the caller still wants more.

    The limit is applied before any order: sorting all that begin with “a” is what takes time.
    """
    for row in rows.filter(_any_equal(keys, wanted)).order_by()[:limit]:
        key = next(key for key in keys if getattr(row, key.column) == wanted)
        yield row, key, Closeness.EXACT
    for key in keys:
        begun = rows.filter(**{f"{key.column}__prefix": wanted}).order_by()[:limit]
        yield from ((row, key, Closeness.PREFIX) for row in _sorted(begun, key))
    for key in keys:
        held = containing(rows, key.column, wanted).order_by()[:limit]
        yield from ((row, key, Closeness.SUBSTRING) for row in _sorted(held, key))


def _any_equal(keys: tuple[Key, ...], wanted: str) -> Q:
    condition = Q()
    for key in keys:
        condition |= Q(**{key.column: wanted})
    return condition


def _sorted(rows: QuerySet[Row], key: Key) -> list[Row]:
    return sorted(rows, key=lambda row: str(getattr(row, key.column)))
