"""One event loop thread per process, so that synchronous Celery code can use async gateways.

The loop runs on while nobody waits for it, so SSH keep-alives go out between two calls.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` on the process's loop thread and wait for its result.

    When the waiting thread is interrupted (a Celery time limit), the coroutine is cancelled.
    """
    future = asyncio.run_coroutine_threadsafe(coroutine, _running_loop())
    try:
        return future.result()
    finally:
        future.cancel()


def iterate_blocking(source: AsyncIterator[T]) -> Iterator[T]:
    """Yield the items of an async generator in the calling thread, and close it at the end.

    The consumer's own code therefore never runs on the loop thread, where the ORM is forbidden.
    """
    try:
        while True:
            try:
                item = run_blocking(_next_of(source))
            except StopAsyncIteration:
                return
            yield item
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            run_blocking(close())


async def _next_of(source: AsyncIterator[T]) -> T:
    return await anext(source)


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="gateways", daemon=True).start()
        return _loop


def _forget_loop() -> None:
    """A forked worker inherits the variable but not the thread: start afresh there."""
    global _lock, _loop
    _lock, _loop = threading.Lock(), None


os.register_at_fork(after_in_child=_forget_loop)
