"""The only writer to the channel layer: tells viewers that a migration has news.

The message carries no news itself. A viewer reads the rows, so that nothing a push could lose,
double or overtake matters.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Literal, TypedDict

import structlog
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from pools.gateways.event_loop import run_blocking

# A channel layer that does not answer must not hold up a run.
SEND_SECONDS = 2.0

logger = structlog.get_logger(__name__)


class MigrationChanged(TypedDict):
    """One push. `stamp` is new each time: viewers of one process share the work by it."""

    type: Literal["migration.changed"]
    stamp: str


def group_of(migration_id: int) -> str:
    return f"migration-{migration_id}"


def announce(migration_id: int) -> None:
    """Tell the viewers once the current transaction is committed."""
    transaction.on_commit(lambda: _send(migration_id))


def _send(migration_id: int) -> None:
    message: MigrationChanged = {"type": "migration.changed", "stamp": uuid.uuid4().hex}
    try:
        run_blocking(asyncio.wait_for(_group_send(group_of(migration_id), message), SEND_SECONDS))
    except (OSError, TimeoutError, RedisError) as error:
        # The rows are written; viewers without a push poll.
        logger.warning("viewers not told", migration=migration_id, error=str(error))


async def _group_send(group: str, message: MigrationChanged) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await layer.group_send(group, dict(message))
