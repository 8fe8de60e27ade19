"""The helpdesk's one box: a user's name or address, a device's id or type.

Exact matches come first, then what begins so, then what contains it. Every question is answered
from an index, with a limit, so that an answer takes the same time whatever the number of rows; and
several are asked in one statement, because each trip to the database costs as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from django.db.models import QuerySet

from console.accounts.permissions import FULL_ACCESS, Access
from pools.domain.search_keys import typed_search_key
from pools.models import Device, TravelerUser
from pools.services.combined_queries import read_together
from pools.services.trigram_search import containing

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


def look_up(text: str, *, limit: int = 10, access: Access = FULL_ACCESS) -> list[Match]:
    """The best matches that `access` reaches, at most `limit` users and `limit` devices; [] for an
    empty text.

    Rows come with their user, master server and pool: the caller needs no further query.
    """
    wanted = typed_search_key(text)
    if not wanted:
        return []
    narrowed = access.pools is not None
    users = _Found(limit, access.scoped(TravelerUser.objects.present()), narrowed)
    devices = _Found(limit, access.scoped(Device.objects.present()), narrowed)
    _collect([*_equal(users, devices, wanted), *_begun(users, devices, wanted)])
    if not (users.has_exact or devices.has_exact):
        # Who typed a whole name or id has found it, and does not look for parts.
        _collect(_held(users, devices, wanted))
    matches = [*_user_matches(users), *_device_matches(devices)]
    return sorted(matches, key=lambda match: match.closeness)


@dataclass(slots=True)
class _Found:
    """Key and closeness by primary key, of the rows present or, `narrowed`, of some of them; the
    first hit of a row is its closest."""

    limit: int
    rows: QuerySet[Any]
    narrowed: bool
    hits: dict[int, tuple[Key, Closeness]] = field(default_factory=dict)

    @property
    def has_exact(self) -> bool:
        return any(closeness is Closeness.EXACT for _key, closeness in self.hits.values())

    @property
    def is_full(self) -> bool:
        return len(self.hits) >= self.limit

    def take(self, pks: Iterable[int], key: Key, closeness: Closeness) -> None:
        for pk in pks:
            if not self.is_full:
                self.hits.setdefault(pk, (key, closeness))


@dataclass(frozen=True, slots=True)
class _Question:
    """Rows of one table that match in one way by one key, at most as many as are wanted."""

    found: _Found
    rows: QuerySet[Any]
    key: Key
    closeness: Closeness


def _collect(questions: Iterable[_Question]) -> None:
    """Only primary keys are read here: what is shown is read once, for the final few."""
    asked = [question for question in questions if not question.found.is_full]
    pairs = [question.rows.values_list("pk", question.key.column) for question in asked]
    for question, answer in zip(asked, read_together(pairs), strict=True):
        by_value = sorted(answer, key=lambda pair: str(pair[1]))
        question.found.take((pk for pk, _value in by_value), question.key, question.closeness)


def _equal(users: _Found, devices: _Found, wanted: str) -> Iterator[_Question]:
    for found, rows, key in _searched(users, devices):
        equal = rows.filter(**{key.column: wanted}).order_by()[: found.limit]
        yield _Question(found, equal, key, Closeness.EXACT)


def _begun(users: _Found, devices: _Found, wanted: str) -> Iterator[_Question]:
    """The limit comes before any order: to sort all that begin with “a” is what takes time."""
    for found, rows, key in _searched(users, devices):
        begun = rows.filter(**{f"{key.column}__prefix": wanted}).order_by()[: found.limit]
        yield _Question(found, begun, key, Closeness.PREFIX)


def _held(users: _Found, devices: _Found, wanted: str) -> Iterator[_Question]:
    for found, rows, key in _searched(users, devices):
        held = containing(rows, key.column, wanted, limit=found.limit, narrowed=found.narrowed)
        yield _Question(found, held, key, Closeness.SUBSTRING)


def _searched(users: _Found, devices: _Found) -> Iterator[tuple[_Found, QuerySet[Any], Key]]:
    yield from ((users, users.rows, key) for key in USER_KEYS)
    yield from ((devices, devices.rows, key) for key in DEVICE_KEYS)


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
