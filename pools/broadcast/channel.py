"""The only writer to the channel layer: notifies the viewers of some groups that there is news.

The message carries no news itself. A viewer reads the rows, so that nothing a push could lose,
double or overtake matters.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from typing import Literal, TypedDict

import structlog
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from pools.gateways.event_loop import run_blocking

# A channel layer that does not answer must hold up neither a sweep nor a run.
SEND_SECONDS = 2.0

logger = structlog.get_logger(__name__)


class Changed(TypedDict):
    """One push. `stamp` is new each time: viewers in one process share a rendering by it."""

    type: Literal["live.changed"]
    stamp: str


def announce(groups: Iterable[str]) -> None:
    """Tell the viewers of these groups once the current transaction is committed."""
    transaction.on_commit(lambda: send(sorted(groups)))


def send(groups: Sequence[str]) -> None:
    """Tell them now."""
    message: Changed = {"type": "live.changed", "stamp": uuid.uuid4().hex}
    try:
        run_blocking(asyncio.wait_for(_group_send(groups, message), SEND_SECONDS))
    except (OSError, TimeoutError, RedisError) as error:
        # The rows are written; viewers without a push poll.
        logger.warning(
            "viewers not notified", groups=len(groups), such_as=list(groups[:3]), error=str(error)
        )


async def _group_send(groups: Sequence[str], message: Changed) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await asyncio.gather(*(layer.group_send(group, dict(message)) for group in groups))
