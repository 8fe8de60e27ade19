"""Work that is asked for while the queue is away."""

from __future__ import annotations

import pytest

from pools.services.task_queue import NOT_QUEUED, queue_task
from tests.closed_queue import closed_queue

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_asker_is_reported_after_one_try() -> None:
    reported: list[str] = []
    with closed_queue() as connect:
        queue_task("check_database", 1, if_not=reported.append)
        assert connect.call_count == 1
    assert reported == [NOT_QUEUED]
