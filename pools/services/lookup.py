"""The helpdesk's one box: a user's name or address, a device's id or type.

Exact matches come first, then what begins so, then what contains it. Every question is answered
from an index, with a limit, so that an answer takes the same time whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol, TypeVar

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
    users, devices = _Found(limit), _Found(limit)
    _collect(users, devices, _exact, wanted)
    exact = bool(users.matches or devices.matches)
    _collect(users, devices, _beginning, wanted)
    if not exact:
        # Who typed a whole name or id has found it, and does not look for parts.
        _collect(users, devices, _inside, wanted)
    matches = [*users.matches.values(), *devices.matches.values()]
    return sorted(matches, key=lambda match: match.closeness)


@dataclass(slots=True)
class _Found:
    """The matches of one kind by primary key; the first match of a row is its closest."""

    limit: int
    matches: dict[int, Match] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return len(self.matches) >= self.limit

    def add(self, pk: int, match: Match) -> None:
        if not self.is_full:
            self.matches.setdefault(pk, match)


class _Question(Protocol):
    """Rows that match in one way; a next key is asked only while the caller wants more."""

    def __call__(
        self, rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
    ) -> Iterator[tuple[Row, Key, Closeness]]: ...


def _collect(users: _Found, devices: _Found, question: _Question, wanted: str) -> None:
    people = TravelerUser.objects.present().select_related(*WITH_USER)
    for user, key, closeness in question(people, USER_KEYS, wanted, users.limit):
        text = getattr(user, key.shown)
        users.add(user.pk, Match("user", key.title, closeness, text, user))
        if users.is_full:
            break
    things = Device.objects.present().select_related(*WITH_DEVICE)
    for device, key, closeness in question(things, DEVICE_KEYS, wanted, devices.limit):
        text = getattr(device, key.shown) or device.provider
        devices.add(device.pk, Match("device", key.title, closeness, text, device.user, device))
        if devices.is_full:
            break


def _exact(
    rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
) -> Iterator[tuple[Row, Key, Closeness]]:
    for row in rows.filter(_any_equal(keys, wanted)).order_by()[:limit]:
        key = next(key for key in keys if getattr(row, key.column) == wanted)
        yield row, key, Closeness.EXACT


def _beginning(
    rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
) -> Iterator[tuple[Row, Key, Closeness]]:
    """The limit comes before any order: to sort all that begin with “a” is what takes time."""
    for key in keys:
        begun = rows.filter(**{f"{key.column}__prefix": wanted}).order_by()[:limit]
        yield from ((row, key, Closeness.PREFIX) for row in _sorted(begun, key))


def _inside(
    rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
) -> Iterator[tuple[Row, Key, Closeness]]:
    for key in keys:
        held = containing(rows, key.column, wanted, limit=limit)
        yield from ((row, key, Closeness.SUBSTRING) for row in _sorted(held, key))


def _any_equal(keys: tuple[Key, ...], wanted: str) -> Q:
    condition = Q()
    for key in keys:
        condition |= Q(**{key.column: wanted})
    return condition


def _sorted(rows: QuerySet[Row], key: Key) -> list[Row]:
    return sorted(rows, key=lambda row: str(getattr(row, key.column)))
