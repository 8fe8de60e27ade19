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

from pools.domain.search_keys import typed_search_key
from pools.models import Device, TravelerUser
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
    wanted = typed_search_key(text)
    if not wanted:
        return []
    users, devices = _Found(limit), _Found(limit)
    _collect(users, devices, _exact, wanted)
    exact = bool(users.hits or devices.hits)
    _collect(users, devices, _beginning, wanted)
    if not exact:
        # Who typed a whole name or id has found it, and does not look for parts.
        _collect(users, devices, _inside, wanted)
    matches = [*_user_matches(users), *_device_matches(devices)]
    return sorted(matches, key=lambda match: match.closeness)


Hit = tuple[int, Key, Closeness]


@dataclass(slots=True)
class _Found:
    """Key and closeness by primary key; the first hit of a row is its closest."""

    limit: int
    hits: dict[int, tuple[Key, Closeness]] = field(default_factory=dict)

    def take(self, hits: Iterator[Hit]) -> None:
        """Read until there are enough; what is not read is not asked for either."""
        while len(self.hits) < self.limit and (hit := next(hits, None)):
            pk, key, closeness = hit
            self.hits.setdefault(pk, (key, closeness))


class _Question(Protocol):
    """Rows that match in one way, key after key."""

    def __call__(
        self, rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
    ) -> Iterator[Hit]: ...


def _collect(users: _Found, devices: _Found, question: _Question, wanted: str) -> None:
    """Only primary keys are read here: what is shown is read once, for the final few."""
    users.take(question(TravelerUser.objects.present(), USER_KEYS, wanted, users.limit))
    devices.take(question(Device.objects.present(), DEVICE_KEYS, wanted, devices.limit))


def _user_matches(found: _Found) -> Iterator[Match]:
    rows = TravelerUser.objects.select_related(*WITH_USER).in_bulk(found.hits)
    for pk, (key, closeness) in found.hits.items():
        if user := rows.get(pk):
            yield Match("user", key.title, closeness, getattr(user, key.shown), user)


def _device_matches(found: _Found) -> Iterator[Match]:
    rows = Device.objects.select_related(*WITH_DEVICE).in_bulk(found.hits)
    for pk, (key, closeness) in found.hits.items():
        if device := rows.get(pk):
            shown = getattr(device, key.shown) or device.provider
            yield Match("device", key.title, closeness, shown, device.user, device)


def _exact(rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /) -> Iterator[Hit]:
    equal = rows.filter(_any_equal(keys, wanted)).order_by()
    for pk, *values in equal.values_list("pk", *(key.column for key in keys))[:limit]:
        yield pk, keys[values.index(wanted)], Closeness.EXACT


def _beginning(
    rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
) -> Iterator[Hit]:
    """The limit comes before any order: to sort all that begin with “a” is what takes time."""
    for key in keys:
        begun = rows.filter(**{f"{key.column}__prefix": wanted}).order_by()[:limit]
        yield from ((pk, key, Closeness.PREFIX) for pk in _sorted(begun, key))


def _inside(
    rows: QuerySet[Row], keys: tuple[Key, ...], wanted: str, limit: int, /
) -> Iterator[Hit]:
    for key in keys:
        held = containing(rows, key.column, wanted, limit=limit)
        yield from ((pk, key, Closeness.SUBSTRING) for pk in _sorted(held, key))


def _sorted(rows: QuerySet[Row], key: Key) -> list[int]:
    pairs = rows.values_list("pk", key.column)
    return [pk for pk, _value in sorted(pairs, key=lambda pair: str(pair[1]))]


def _any_equal(keys: tuple[Key, ...], wanted: str) -> Q:
    condition = Q()
    for key in keys:
        condition |= Q(**{key.column: wanted})
    return condition
