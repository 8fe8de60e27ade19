"""The only writer to the channel layer for the standing world: tells viewers what has news.

The message carries no news itself. A viewer reads the rows, so that nothing a push could lose,
double or overtake matters.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from typing import Literal, TypedDict

import structlog
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from pools.gateways.event_loop import run_blocking
from pools.models import Operation, Server

# A channel layer that does not answer must not hold up a sweep.
SEND_SECONDS = 2.0
OVERVIEW = "overview"

logger = structlog.get_logger(__name__)


class Changed(TypedDict):
    """One push. `stamp` is new each time: viewers in one process share a rendering by it."""

    type: Literal["live.changed"]
    stamp: str


def announce_servers(servers: Iterable[Server]) -> None:
    """These servers have a new condition; so have their pools and the overview."""
    groups = {OVERVIEW}
    for server in servers:
        groups |= {f"server-{server.pk}", f"pool-{server.pool_id}"}
    _announce(groups - {"pool-None"})


def announce_pools(pool_ids: Iterable[int]) -> None:
    """These pools have new members, figures or findings."""
    _announce({OVERVIEW, *(f"pool-{pool_id}" for pool_id in pool_ids)})


def announce_database(configuration_id: int) -> None:
    """This database was checked."""
    _announce({OVERVIEW, f"database-{configuration_id}"})


def announce_operation(operation: Operation) -> None:
    """This operation began or ended; its server's list shows it too."""
    _announce({f"operation-{operation.pk}", f"server-{operation.server_id}"})


def _announce(groups: Iterable[str]) -> None:
    transaction.on_commit(lambda: _send(sorted(groups)))


def _send(groups: list[str]) -> None:
    message: Changed = {"type": "live.changed", "stamp": uuid.uuid4().hex}
    try:
        run_blocking(asyncio.wait_for(_group_send(groups, message), SEND_SECONDS))
    except (OSError, TimeoutError, RedisError) as error:
        # The rows are written; viewers without a push poll.
        logger.warning("viewers not told", groups=len(groups), error=str(error))


async def _group_send(groups: list[str], message: Changed) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await asyncio.gather(*(layer.group_send(group, dict(message)) for group in groups))
