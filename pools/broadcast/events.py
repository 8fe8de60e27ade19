"""Who is told of what in the standing world: each page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pools.broadcast.channel import announce
from pools.models import Operation, Server

OVERVIEW = "overview"

# Takes the key of a database configuration, returns groups of viewers.
DatabaseFollower = Callable[[int], set[str]]
_DATABASE_FOLLOWERS: list[DatabaseFollower] = []


def announce_servers(servers: Iterable[Server]) -> None:
    """These servers have a new condition; so have their pools and the overview."""
    groups = {OVERVIEW}
    for server in servers:
        groups |= {f"server-{server.pk}", f"pool-{server.pool_id}"}
    announce(groups - {"pool-None"})


def announce_pools(pool_ids: Iterable[int]) -> None:
    """These pools have new members, figures or findings."""
    announce({OVERVIEW, *(f"pool-{pool_id}" for pool_id in pool_ids)})


def announce_database(configuration_id: int) -> None:
    """This database was checked, or its schema level was read."""
    groups = {OVERVIEW, f"database-{configuration_id}", f"schema-{configuration_id}"}
    for follower in _DATABASE_FOLLOWERS:
        groups |= follower(configuration_id)
    announce(groups)


def add_database_follower(follower: DatabaseFollower) -> None:
    """Have the groups that `follower` names told as well: those of a part of the console that the
    pools know nothing of."""
    if follower not in _DATABASE_FOLLOWERS:
        _DATABASE_FOLLOWERS.append(follower)


def announce_operation(operation: Operation) -> None:
    """This operation began or ended; its server's list shows it too."""
    announce({f"operation-{operation.pk}", f"server-{operation.server_id}"})
