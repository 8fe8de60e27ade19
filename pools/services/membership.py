"""The members of a pool, as `tell traveler hadr show` lists them on any member that answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from pools.broadcast.events import announce_pools
from pools.domain.names import same_name
from pools.domain.versions import parse_version
from pools.gateways.errors import GatewayError
from pools.gateways.parsing.hadr_show import HadrMember, HadrShow
from pools.models import Pool, PoolMember, Server
from pools.services.errors import NoReachableMember
from pools.services.hosts import console_on
from pools.services.isolation import isolated
from pools.services.rejected_logins import held_back, ssh_credential
from pools.services.task_queue import queue_task
from pools.states import Availability

NO_SERVER = "The pool has no server that could be asked."
# Far more than any pool has: an answer that names more is something else.
MOST_MEMBERS = 500

logger = structlog.get_logger(__name__)


def request_membership(pool: Pool) -> None:
    """Have a worker read the members now."""
    queue_task("sync_membership", pool.pk)


def sync_membership(pool: Pool) -> HadrShow:
    """Ask one member after another until one answers, and keep what it printed.

    Of a pool without servers, what the last one listed is dropped: nobody can say it again.
    Raises NoReachableMember, which is kept with the pool; the members known before stay.
    """
    failures: list[str] = []
    servers = likely_first(pool)
    if not servers:
        forget_members(pool)
        raise NoReachableMember(NO_SERVER)
    for server in servers:
        with isolated(pool, doing=f"Asking {server}", keep=failures.append):
            try:
                with held_back(ssh_credential(server)), console_on(server) as console:
                    shown = console.hadr_show()
            except GatewayError as error:
                failures.append(str(error))
                continue
            if 0 < len(shown.members) <= MOST_MEMBERS:
                _save_members(pool, shown)
                return shown
            named = f"{len(shown.members):,} servers" if shown.members else "no server"
            failures.append(f"{server}: its answer to hadr show names {named}.")
    failure = " ".join(failures)
    _keep_failure(pool, failure)
    raise NoReachableMember(failure)


def sync_all_memberships(pools: Iterable[Pool]) -> None:
    """One pool after another; one that fails keeps its reason and stops no other."""
    for pool in pools:
        keep = partial(_keep_failure, pool)
        with isolated(pool, doing="Reading the members", keep=keep):
            try:
                sync_membership(pool)
            except NoReachableMember as error:
                logger.warning("members not read", pool=pool.name, reason=str(error))
        announce_pools([pool.pk])


def _keep_failure(pool: Pool, failure: str) -> None:
    Pool.objects.filter(pk=pool.pk).update(members_failure=failure)


@transaction.atomic
def forget_members(pool: Pool) -> None:
    """A pool whose last server was retired, or rolled back out of it, has no members."""
    pool.members.all().delete()
    Pool.objects.filter(pk=pool.pk).update(members_seen_at=None, members_failure=NO_SERVER)


def likely_first(pool: Pool) -> list[Server]:
    """The pool's servers, those that answered the last sweep first: a dead one costs a time-out."""
    servers = Server.objects.in_service().filter(pool=pool)
    return sorted(
        servers.select_related("profile", "ssh_login", "api_login", "pool"),
        key=lambda server: server.availability != Availability.AVAILABLE,
    )


@transaction.atomic
def _save_members(pool: Pool, shown: HadrShow) -> None:
    pool.members.all().delete()
    by_name = {member.domino_name[:255]: member for member in shown.members}
    PoolMember.objects.bulk_create(_row(pool, member) for member in by_name.values())
    for server in Server.objects.filter(pool=pool):
        _take_version(server, shown)
    Pool.objects.filter(pk=pool.pk).update(members_seen_at=timezone.now(), members_failure="")
    if shown.unread:
        logger.info("hadr show: lines not understood", pool=str(pool), lines=shown.unread[:20])


def _row(pool: Pool, member: HadrMember) -> PoolMember:
    printed = [*member.other]
    if member.heartbeat and read_heartbeat(member.heartbeat) is None:
        printed.append(("Heartbeat", member.heartbeat))
    if member.status:
        printed.append(("Server Status", member.status))
    if member.version:
        printed.append(("Version", member.version))
    return PoolMember(
        pool=pool,
        domino_name=member.domino_name[:255],
        server_id=member.server_id[:80],
        host_name=member.host_name[:253],
        ip_address=member.ip_address[:45],
        server_port=member.server_port,
        servlet_port=member.servlet_port,
        alive=member.alive,
        heartbeat_at=read_heartbeat(member.heartbeat),
        availability_index=member.availability_index,
        users=member.users,
        other="\n".join(f"{name}: {value}" for name, value in printed),
    )


def _take_version(server: Server, shown: HadrShow) -> None:
    for member in shown.members:
        if member.version and same_name(member.domino_name, server.domino_name):
            version = parse_version(member.version)
            if version is None:
                return
            server.traveler_version = str(dataclasses.replace(version, build=""))
            server.traveler_build = version.build or server.traveler_build
            server.save(update_fields=["traveler_version", "traveler_build"])


def read_heartbeat(text: str) -> datetime | None:
    """A printed heartbeat, where its form leaves no doubt: epoch milliseconds or ISO 8601 in UTC.

    Other forms depend on the server's locale and zone, so they are kept as text.
    """
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and len(plain) == len("1609459200000"):
        return datetime.fromtimestamp(int(plain) / 1000, tz=UTC)
    try:
        read = parse_datetime(plain)
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None
