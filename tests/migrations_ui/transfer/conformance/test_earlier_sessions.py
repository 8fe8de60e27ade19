"""A worker that is frozen in the middle of a chunk keeps its session and its lock in the target."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from migrations_ui.transfer.checkpoint.earlier_sessions import open_marked
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy.pipeline import CopyOutcome, CopyResult
from migrations_ui.transfer.engines.base import ConnectionGone, Target
from migrations_ui.transfer.settings import TransferSettings
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import NO_DIFFERENCES
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy


def settings(attempt: int) -> TransferSettings:
    return TransferSettings(chunk_rows=1, lock_seconds=5, attempt=attempt)


def while_locked(frozen: Target, work: Callable[[], None]) -> None:
    with frozen.transaction():
        frozen.change("UPDATE lg_table SET next_row = next_row")
        work()
        frozen.change("UPDATE lg_table SET next_row = next_row")


def test_whoever_takes_over_ends_the_sessions_of_earlier_attempts_and_no_others(
    made: Bench, derby: DerbySample, open_source: OpenSource
) -> None:
    steering = Steering()
    watcher = Watcher(lambda count: setattr(steering, "decision", Decision.PAUSE))
    with open_source() as source:
        run_copy(source, made.login, settings=settings(2), observer=watcher, control=steering)
        with (
            open_marked(made.login, "another run", 2) as another,
            open_marked(made.login, RUN, 30) as later,
        ):
            results: list[CopyResult] = []
            with open_marked(made.login, RUN, 2) as frozen, pytest.raises(ConnectionGone):
                while_locked(
                    frozen,
                    lambda: results.append(run_copy(source, made.login, settings=settings(3))),
                )
            assert [result.outcome for result in results] == [CopyOutcome.FINISHED]
            for other in (another, later):
                assert other.execute("SELECT COUNT(*) FROM lg_table") == [(1,)]
    assert made.differences(derby, "doc") == NO_DIFFERENCES
