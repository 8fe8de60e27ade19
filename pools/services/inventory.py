"""Users and devices, as `/api/traveler/users` and `/devices` list them, page after page.

A pool is listed through any member that answers, since every member shows the same data; a
standalone server lists its own. What a complete listing no longer names is marked as gone. An
incomplete one (`pools/gateways/listing.py`) changes no row, and its counts are kept as the reason.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from pools.broadcast.events import announce_pools, announce_servers
from pools.gateways.errors import GatewayError
from pools.gateways.event_loop import iterate_blocking
from pools.gateways.rest import AdminApi
from pools.models import Device, Pool, Server, TravelerUser
from pools.services.errors import NoReachableMember
from pools.services.hosts import admin_api_of
from pools.services.inventory_rows import Scope, save_devices, save_users
from pools.services.isolation import isolated
from pools.services.membership import NO_SERVER, likely_first
from pools.services.rejected_logins import api_credential, held_back
from pools.services.row_buffer import RowBuffer
from pools.services.task_queue import queue_task

Item = TypeVar("Item")

# Fits into the parameters of one statement on every engine.
ROWS_AT_ONCE = 500
# Of the entries that could not be read, so many are quoted.
SHOWN_ODD = 3


@dataclass(frozen=True, slots=True)
class InventoryOutcome:
    """How many were listed, and how many the list no longer names; `odd`: what was left out."""

    users: int
    devices: int
    gone: int
    odd: tuple[str, ...] = ()

    @property
    def failure(self) -> str:
        """What a person has to know of a list that was read with gaps; '' when there are none."""
        if not self.odd:
            return ""
        left_out = "1 entry was" if len(self.odd) == 1 else f"{len(self.odd):,} entries were"
        shown = " ".join(self.odd[:SHOWN_ODD]) + (" …" if len(self.odd) > SHOWN_ODD else "")
        return (
            f"{left_out} left out, and nobody was marked as gone, since it is not known whose "
            f"they describe. All others were read. {shown}"
        )


def request_inventory(*, pool: Pool | None = None, server: Server | None = None) -> None:
    """Have a worker list the users and devices of a pool or of a standalone server now."""
    queue_task("sync_inventory", pool.pk if pool else None, server.pk if server else None)


def sync_pool_inventory(pool: Pool) -> InventoryOutcome:
    """List the pool through one member after another until one gives the whole list.

    Raises NoReachableMember; the reason is kept with the pool, and so are all rows.
    """
    scope = Scope(f"pool-{pool.pk}", pool=pool)
    started = timezone.now()
    failures: list[str] = []
    servers = likely_first(pool)
    if not servers:
        _forget_list(scope, pool, started)
        raise NoReachableMember(NO_SERVER)
    for server in servers:
        outcome = _outcome(scope, server, started, keep=failures.append)
        if outcome is None:
            continue
        if not outcome.odd:
            _forget_standalone_lists(pool, started)
        Pool.objects.filter(pk=pool.pk).update(
            inventory_seen_at=started,
            inventory_failure=outcome.failure,
            user_count=outcome.users,
            device_count=outcome.devices,
        )
        announce_pools([pool.pk])
        return outcome
    failure = " ".join(failures)
    Pool.objects.filter(pk=pool.pk).update(inventory_failure=failure)
    raise NoReachableMember(failure)


def sync_server_inventory(server: Server) -> InventoryOutcome:
    """List a standalone server. Raises NoReachableMember with the reason, which is kept."""
    scope, started = Scope(f"server-{server.pk}", server=server), timezone.now()
    row = Server.objects.filter(pk=server.pk)
    failures: list[str] = []
    outcome = _outcome(scope, server, started, keep=failures.append)
    if outcome is None:
        row.update(inventory_failure=failures[0])
        raise NoReachableMember(failures[0])
    row.update(inventory_seen_at=started, inventory_failure=outcome.failure)
    announce_servers([server])
    return outcome


@transaction.atomic
def _forget_list(scope: Scope, pool: Pool, started: datetime) -> None:
    """A pool without servers serves nobody: what its last one listed is history."""
    _mark_gone(scope, started)
    Pool.objects.filter(pk=pool.pk).update(
        inventory_seen_at=None, inventory_failure=NO_SERVER, user_count=None, device_count=None
    )


def _outcome(
    scope: Scope, server: Server, started: datetime, *, keep: Callable[[str], object]
) -> InventoryOutcome | None:
    """None when the listing came to nothing; `keep` is called with the reason."""

    def secrets() -> list[str]:
        return [server.api_login.password]

    with isolated(server, doing=f"Listing through {server}", keep=keep, secrets=secrets):
        try:
            with held_back(api_credential(server)):
                return _list_all(scope, server, started)
        except (GatewayError, IntegrityError) as error:
            keep(_reason(error))
    return None


def _list_all(scope: Scope, server: Server, started: datetime) -> InventoryOutcome:
    """Read both lists to their ends before a row is written: half a list changes nothing."""
    odd: list[str] = []
    with (
        _read_list(server, partial(AdminApi.users, on_odd=odd.append)) as users,
        _read_list(server, partial(AdminApi.devices, on_odd=odd.append)) as devices,
    ):
        for user_rows in users.portions():
            save_users(scope, user_rows, started)
        for device_rows in devices.portions():
            save_devices(scope, device_rows, started)
        gone = 0 if odd else _mark_gone(scope, started)
        return InventoryOutcome(users.items, devices.items, gone, tuple(odd))


@contextmanager
def _read_list(
    server: Server, resource: Callable[[AdminApi], AsyncIterator[Item]]
) -> Iterator[RowBuffer[Item]]:
    with RowBuffer[Item]() as buffer:
        # Made here, because reading the server's login is not allowed on the gateways' loop.
        for rows in iterate_blocking(_portions(admin_api_of(server), resource)):
            buffer.write(rows)
        yield buffer


async def _portions(
    api: AdminApi, resource: Callable[[AdminApi], AsyncIterator[Item]]
) -> AsyncGenerator[list[Item], None]:
    rows: list[Item] = []
    async with api:
        async for item in resource(api):
            rows.append(item)
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


@transaction.atomic
def _mark_gone(scope: Scope, started: datetime) -> int:
    unlisted = {"seen_at__lt": started, "gone_at__isnull": True}
    devices = Device.objects.filter(user__scope=scope.key, **unlisted).update(gone_at=started)
    users = TravelerUser.objects.filter(scope=scope.key, **unlisted).update(gone_at=started)
    return devices + users


def _forget_standalone_lists(pool: Pool, now: datetime) -> None:
    """Once the pool lists them, what a member listed while it was standalone is history."""
    moved = TravelerUser.objects.filter(server__pool=pool, gone_at__isnull=True)
    Device.objects.filter(user__in=moved, gone_at__isnull=True).update(gone_at=now)
    moved.update(gone_at=now)


def _reason(error: GatewayError | IntegrityError) -> str:
    if isinstance(error, IntegrityError):
        return "Another listing ran at the same time; it goes on."
    return str(error)
