"""Who is notified of what in the standing world: each page that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from pools.broadcast.channel import announce
from pools.models import Operation, Server

OVERVIEW = "overview"


def announce_servers(servers: Iterable[Server]) -> None:
    """These servers have a new condition; so have their pools and the overview."""
    groups = {OVERVIEW}
    for server in servers:
        groups |= {f"server-{server.pk}", f"pool-{server.pool_id}"}
    announce(groups - {"pool-None"})


def announce_pools(pool_ids: Iterable[int]) -> None:
    """These pools have new members, figures or findings."""
    announce({OVERVIEW, *(f"pool-{pool_id}" for pool_id in pool_ids)})


def schema_group(configuration_id: int) -> str:
    """Those who watch how the tables of a database stand."""
    return f"schema-{configuration_id}"


def announce_database(configuration_id: int) -> None:
    """This database was checked, or its schema level was read."""
    announce({OVERVIEW, f"database-{configuration_id}", schema_group(configuration_id)})


def announce_operation(operation: Operation) -> None:
    """This operation began or ended; its server's list shows it too."""
    announce({f"operation-{operation.pk}", f"server-{operation.server_id}"})
