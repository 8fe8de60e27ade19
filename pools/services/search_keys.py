"""The search keys of rows that are there already, made again by the rule of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model

from pools.services.inventory_rows import fold, fold_name, type_key

# A bulk UPDATE names each row and column, so it stays small.
CHANGED_AT_ONCE = 50
READ_AT_ONCE = 2000


def refold_users(users: type[Model]) -> int:
    """Returns how many had other keys. Takes the model, as a migration knows it."""
    return _refold(
        users,
        lambda user: {"name_key": fold_name(user.name), "address_key": fold(user.address)},
    )


def refold_devices(devices: type[Model]) -> int:
    """The same of devices."""
    return _refold(
        devices,
        lambda device: {
            "id_key": fold(device.device_id),
            "type_key": type_key(device.provider, device.device_type),
        },
    )


def _refold(model: type[Model], keys_of: Callable[[Any], dict[str, str]]) -> int:
    changed = 0
    for rows in _portions(model):
        stale = []
        for row in rows:
            keys = keys_of(row)
            if any(getattr(row, name) != key for name, key in keys.items()):
                for name, key in keys.items():
                    setattr(row, name, key)
                stale.append(row)
        if stale:
            names = list(keys_of(stale[0]))
            model._default_manager.bulk_update(stale, names, batch_size=CHANGED_AT_ONCE)
            changed += len(stale)
    return changed


def _portions(model: type[Model]) -> Iterator[list[Any]]:
    """All rows, a portion at a time behind the last: a cursor over all would hold the database."""
    after = 0
    rows = model._default_manager.order_by("pk")
    while portion := list(rows.filter(pk__gt=after)[:READ_AT_ONCE]):
        yield portion
        after = portion[-1].pk
