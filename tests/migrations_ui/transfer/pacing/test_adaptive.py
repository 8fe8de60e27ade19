"""A database that becomes slow, by a clock that the test sets, and a real copy into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint, Chunk
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy import table_copy
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.pacing import adaptive
from migrations_ui.transfer.pacing.adaptive import AdaptiveThrottle
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin
from tests.clock import Clock
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import (
    NO_DIFFERENCES,
    create_in_derby,
    create_in_target,
    differences,
)
from tests.migrations_ui.transfer.runs import Steering, Watcher, run_copy

# What settling a chunk takes, as the test says: by its own clock, not by the machine's.
USUAL_SECONDS, SLOW_SECONDS, QUICK_SECONDS = 0.1, 0.5, 0.0
SLOW_FROM, SLOW_UNTIL = 7, 13


@dataclass
class PaceWatcher(Watcher):
    paces: list[str] = field(default_factory=list)

    def slowed(self, times: float) -> None:
        assert times >= 3
        self.paces.append("slowed")

    def recovered(self, *, accepted: bool) -> None:
        self.paces.append("accepted" if accepted else "recovered")


def test_the_copy_slows_down_with_its_database_and_recovers_with_it(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create_in_derby(derby, "many", 100_000)
    create_in_target(target, "many")
    clock, record, settled = Clock(), Checkpoint.record, 0

    def slowly(self: Checkpoint, table: TablePlan, chunk: Chunk) -> None:
        nonlocal settled
        settled += 1
        record(self, table, chunk)
        if settled < SLOW_FROM:
            clock.sleep(USUAL_SECONDS)
        else:
            clock.sleep(SLOW_SECONDS if settled < SLOW_UNTIL else QUICK_SECONDS)

    monkeypatch.setattr(Checkpoint, "record", slowly)
    monkeypatch.setattr(table_copy, "time", clock)
    monkeypatch.setattr(adaptive, "time", clock)
    watcher = PaceWatcher()
    with open_source() as source:
        result = run_copy(source, database_login, observer=watcher)
    assert result.outcome is CopyOutcome.FINISHED
    assert watcher.paces == ["slowed", "recovered"]
    assert differences(derby, target, "many") == NO_DIFFERENCES


def test_a_pause_for_the_databases_sake_ends_when_the_run_is_to_rest() -> None:
    control, watcher = Steering(), PaceWatcher()
    held_back = AdaptiveThrottle(control, watcher)
    control.decision = Decision.PAUSE
    for seconds in [0.1] * 5 + [10.0] * 30:
        # Each pause of two seconds would be waited out otherwise, and the test never end.
        held_back.after_chunk("many", 50_000, seconds)
    assert watcher.paces == ["slowed"]
