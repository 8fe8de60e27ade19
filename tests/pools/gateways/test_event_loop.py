from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from pools.gateways.event_loop import iterate_blocking, run_blocking


class TimeLimit(Exception):
    """As Celery raises it: in the main thread, wherever that is waiting."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise TimeLimit

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_results_and_errors_come_back() -> None:
    async def divide(by: int) -> float:
        await asyncio.sleep(0)
        return 1 / by

    assert run_blocking(divide(4)) == 0.25
    with pytest.raises(ZeroDivisionError):
        run_blocking(divide(0))


def test_an_interrupted_wait_cancels_the_work() -> None:
    cancelled = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TimeLimit), time_limit(0.1):
        run_blocking(hang())
    assert cancelled.wait(5)


def test_an_interrupted_iteration_tidies_up_before_it_goes_on() -> None:
    tidied = threading.Event()

    async def hang() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            tidied.set()

    def consume() -> None:
        assert list(iterate_blocking(hang())) == [1]

    with pytest.raises(TimeLimit), time_limit(0.1):
        consume()
    assert tidied.is_set()


def test_a_consumer_that_leaves_closes_the_generator() -> None:
    closed = threading.Event()

    async def count() -> AsyncGenerator[int, None]:
        try:
            for number in range(1000):
                yield number
        finally:
            closed.set()

    items = iterate_blocking(count())
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert closed.is_set()


def test_the_consumer_runs_in_its_own_thread() -> None:
    async def once() -> AsyncGenerator[str, None]:
        yield threading.current_thread().name

    seen = [(name, threading.current_thread().name) for name in iterate_blocking(once())]
    assert seen == [("gateways", threading.current_thread().name)]
