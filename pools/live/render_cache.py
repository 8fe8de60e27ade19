"""One rendering for all viewers of one process who look at the same thing."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from channels.db import database_sync_to_async

MOST_RENDERINGS = 64

T = TypeVar("T")

_renderings: OrderedDict[tuple[Hashable, ...], asyncio.Task[Any]] = OrderedDict()


async def shared_rendering(key: tuple[Hashable, ...], render: Callable[[], T]) -> T:
    """What `render` returns; whoever comes with the same key while it is kept gets the same."""
    task = _renderings.get(key)
    if task is None:
        task = asyncio.ensure_future(database_sync_to_async(render)())
        _renderings[key] = task
        while len(_renderings) > MOST_RENDERINGS:
            _renderings.popitem(last=False)
    # A viewer who leaves must not take the rendering away from the others.
    rendering: T = await asyncio.shield(task)
    return rendering
