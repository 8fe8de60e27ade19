"""Steering a copy while it runs, and a rehearsal's way of writing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings, parallel_tables
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import (
    NO_DIFFERENCES,
    create_in_derby,
    create_in_target,
    differences,
)
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

SLICE = 4_096


@dataclass
class Sizes(Watcher):
    sizes: list[int] = field(default_factory=list)

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        self.sizes.append(rows)
        super().chunk_committed(table, first_row, rows, rows_done, seconds)


def test_a_new_chunk_size_counts_from_the_next_chunk_on(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    create_in_derby(derby, "many", 60_000)
    create_in_target(target, "many")
    steering = Steering(chunk=SLICE)
    sizes = Sizes(lambda count: setattr(steering, "chunk", 20_000 if count >= 3 else SLICE))
    with open_source() as source:
        result = run_copy(
            source,
            database_login,
            observer=sizes,
            control=steering,
            settings=TransferSettings(chunk_seconds=600),
        )
    assert result.outcome is CopyOutcome.FINISHED
    assert sizes.sizes[:3] == [SLICE] * 3
    assert sizes.sizes[3] == 5 * SLICE, "whole slices, until there are 20,000 rows"
    assert differences(derby, target, "many") == NO_DIFFERENCES


def test_a_rehearsal_writes_into_empty_tables_as_if_rows_met(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    create_in_derby(derby, "many", 10_000)
    create_in_target(target, "many")
    with open_source() as source:
        settings = TransferSettings(may_conflict=True)
        result = run_copy(source, database_login, settings=settings)
        assert result.outcome is CopyOutcome.FINISHED
        (verdict,) = verify(
            plan_transfer(source, database_login), source=source, login=database_login, run_id=RUN
        )
    assert verdict.equal
    assert target.execute("SELECT way FROM lg_table").fetchall() == [("merge",)]
    assert differences(derby, target, "many") == NO_DIFFERENCES


@pytest.mark.parametrize(("wanted", "cores", "found"), [(2, 8, 2), (9, 4, 4), (0, 4, 1), (2, 1, 1)])
def test_no_more_tables_at_a_time_than_cores_and_one_at_least(
    monkeypatch: pytest.MonkeyPatch, wanted: int, cores: int, found: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert parallel_tables(wanted) == found
