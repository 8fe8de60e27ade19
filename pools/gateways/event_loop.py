"""One event loop thread per process, so that synchronous Celery code can use async gateways.

The loop runs on while nobody waits for it, so SSH keep-alives go out between two calls.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import AsyncGeneratorType
from typing import Any, TypeVar

T = TypeVar("T")

# Host names are resolved in threads; asyncio's own few would let slow names delay the good ones.
RESOLVERS = 64
TIDYING_SECONDS = 0.01


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` on the process's loop thread and wait for its result.

    When the waiting thread is interrupted (a Celery time limit), the coroutine is cancelled.
    """
    future = asyncio.run_coroutine_threadsafe(coroutine, _thread.loop())
    try:
        return future.result()
    finally:
        future.cancel()


def iterate_blocking(source: AsyncGenerator[T, None]) -> Iterator[T]:
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
        run_blocking(_close(source))


async def _next_of(source: AsyncGenerator[T, None]) -> T:
    return await anext(source)


async def _close(source: AsyncGenerator[T, None]) -> None:
    """Close a generator, also one whose cancelled step is still tidying up."""
    # A generator does not report when its step has ended, so it is looked at.
    while isinstance(source, AsyncGeneratorType) and source.ag_running:  # noqa: ASYNC110
        await asyncio.sleep(TIDYING_SECONDS)
    await source.aclose()


class _LoopThread:
    """The loop of this process, started with its first use."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start afresh: a forked worker inherits the object but not the thread."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_default_executor(ThreadPoolExecutor(RESOLVERS, "gateways-resolver"))
                threading.Thread(
                    target=self._loop.run_forever, name="gateways", daemon=True
                ).start()
            return self._loop


_thread = _LoopThread()
os.register_at_fork(after_in_child=_thread.forget)
