"""Items of a listing into rows: new ones created, changed ones updated, the others only seen.

Portable on purpose: Db2 has no INSERT that updates, so existing rows are read first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db import transaction

from pools.domain.search_keys import name_search_key, search_key
from pools.gateways.rest_items import DeviceItem, UserItem
from pools.models import Device, Pool, Server, TravelerUser

Key = TypeVar("Key", str, tuple[int, str])
Row = TypeVar("Row", TravelerUser, Device)
# A bulk UPDATE names each row and column, so it stays small.
CHANGED_AT_ONCE = 50


@dataclass
class Scope:
    """The inventory that rows belong to: of a pool, or of a standalone server."""

    key: str
    pool: Pool | None = None
    server: Server | None = None

    def user_identity(self, name: str) -> dict[str, Any]:
        """What a new row of this inventory is known by."""
        return {"scope": self.key, "pool": self.pool, "server": self.server, "name": name}

    @cached_property
    def servers(self) -> dict[str, int]:
        """Primary keys by folded name, for the link to the master server."""
        servers = Server.objects.filter(pool=self.pool) if self.pool else Server.objects.all()
        return {fold_name(name): pk for pk, name in servers.values_list("pk", "domino_name")}


def fold(text: str) -> str:
    """Text as it is looked up, at most as long as its column."""
    return search_key(text)


def fold_name(name: str) -> str:
    """A Domino name as it is looked up: abbreviated."""
    return name_search_key(name)


@transaction.atomic
def save_users(scope: Scope, items: list[UserItem], seen_at: datetime) -> None:
    """Write one portion of the list of users."""
    wanted = {item.username[:255]: _user_values(scope, item) for item in items}
    known = _users_by_name(scope, wanted)
    _write(TravelerUser, known, wanted, seen_at, scope.user_identity)


@transaction.atomic
def save_devices(scope: Scope, items: list[DeviceItem], seen_at: datetime) -> None:
    """Write one portion of the list of devices; an owner the list of users lacks is added."""
    names = {item.username[:255] for item in items}
    users = _users_by_name(scope, names)
    missing = {name: _name_values(name) for name in names if name not in users}
    _write(TravelerUser, {}, missing, seen_at, scope.user_identity)
    users = users | _users_by_name(scope, missing)
    wanted = {
        (users[item.username[:255]].pk, item.deviceid[:255]): _device_values(item) for item in items
    }
    known = {
        (device.user_id, device.device_id): device
        for device in Device.objects.filter(user__in={user for user, _device in wanted})
    }
    _write(Device, known, wanted, seen_at, _device_identity)


def _device_identity(key: tuple[int, str]) -> dict[str, Any]:
    return {"user_id": key[0], "device_id": key[1]}


def _users_by_name(scope: Scope, names: Collection[str]) -> dict[str, TravelerUser]:
    users = TravelerUser.objects.filter(scope=scope.key, name__in=names)
    return {user.name: user for user in users}


def _name_values(name: str) -> dict[str, Any]:
    return {"name_key": fold_name(name)}


def _user_values(scope: Scope, item: UserItem) -> dict[str, Any]:
    """Only the name is documented. The others are looked for under the names that
    `tell traveler user` prints, in the API's spelling [G]; what is not given stays as it is."""
    values = _name_values(item.username)
    printed = dict(item.other)
    if "internet_address" in printed:
        address = printed["internet_address"][:255]
        values |= {"address": address, "address_key": fold(address)}
    if "master_server" in printed:
        values["master_server_id"] = scope.servers.get(fold_name(printed["master_server"]))
    return values


def type_key(provider: str, device_type: str) -> str:
    """A device's kind as it is looked up."""
    return fold(f"{provider} {device_type}")


def _device_values(item: DeviceItem) -> dict[str, Any]:
    return {
        "provider": item.device_provider[:255],
        "device_type": item.device_type[:255],
        "client_level": item.device_level[:80],
        "notification_type": item.notification_type,
        "last_sync_at": item.last_sync_time,
        "access_status": item.access_status,
        "approval_policy": item.approval_policy,
        "policy_compliance": item.policy_compliance,
        "wipe_options": item.requested_wipe_options[:80],
        "wipe_status": item.wipe_request_status[:80],
        "id_key": fold(item.deviceid),
        "type_key": type_key(item.device_provider, item.device_type),
    }


def _write(
    model: type[Row],
    known: Mapping[Key, Row],
    wanted: Mapping[Key, dict[str, Any]],
    seen_at: datetime,
    identity: Callable[[Key], dict[str, Any]],
) -> None:
    created, changed, unchanged = [], [], []
    fields: set[str] = {"seen_at", "gone_at"}
    for key, values in wanted.items():
        row = known.get(key)
        if row is None:
            created.append(model(**identity(key), **values, seen_at=seen_at))
        elif row.gone_at or any(getattr(row, name) != value for name, value in values.items()):
            for name, value in {**values, "seen_at": seen_at, "gone_at": None}.items():
                setattr(row, name, value)
            fields |= values.keys()
            changed.append(row)
        else:
            unchanged.append(row.pk)
    rows = model._default_manager
    rows.bulk_create(created)
    rows.bulk_update(changed, sorted(fields), batch_size=CHANGED_AT_ONCE)
    rows.filter(pk__in=unchanged).update(seen_at=seen_at)
