"""Work that is asked for while the queue is away."""

from __future__ import annotations

import time

import pytest

from pools.services.queueing import NOT_QUEUED, queue_task
from tests.closed_queue import closed_queue

PATIENCE_SECONDS = 2

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_asker_is_told_within_two_seconds() -> None:
    told: list[str] = []
    with closed_queue():
        began = time.monotonic()
        queue_task("check_database", 1, if_not=told.append)
        assert time.monotonic() - began < PATIENCE_SECONDS
    assert told == [NOT_QUEUED]
