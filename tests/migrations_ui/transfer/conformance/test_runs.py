"""Copying: chunks, interruptions, and rows that meet; nothing lost, nothing doubled."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy.pipeline import CopyOutcome, TableResult
from migrations_ui.transfer.derby.snapshot import take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.merge.conflicts import list_conflicts
from migrations_ui.transfer.merge_policy import MergeCounts, MergeVerdict
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from tests.migrations_ui.transfer.conformance.conftest import ROWS, Bench
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import NO_DIFFERENCES, create_in_derby
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy
from tests.migrations_ui.transfer.test_kill import kill_somewhere

KILLS = 4


@pytest.mark.parametrize("exclusive", [True, False])
def test_every_row_arrives_once_over_many_chunks(
    derby: DerbySample, open_source: OpenSource, made: Bench, exclusive: bool
) -> None:
    create_in_derby(derby, "plain", 5_000, key=False)
    made.create_many("plain", key=False)
    watcher = Watcher()
    with open_source() as source:
        settings = TransferSettings(chunk_rows=1, exclusive=exclusive)
        result = run_copy(source, made.login, settings=settings, observer=watcher)
        assert result.outcome is CopyOutcome.FINISHED
        assert result.tables[0] == TableResult(result.tables[0].name, ROWS, ROWS, 0, finished=True)
        chunks = watcher.chunks
        # A finished run called again writes nothing.
        assert run_copy(source, made.login, settings=settings, observer=watcher) == result
    assert watcher.chunks == chunks > 4
    assert made.differences(derby, "doc") == NO_DIFFERENCES
    assert made.differences(derby, "plain") == NO_DIFFERENCES


def test_a_run_stopped_at_every_boundary_arrives_all_the_same(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    calls = 0
    steering = Steering()
    watcher = Watcher(lambda _: setattr(steering, "decision", Decision.PAUSE))
    with open_source() as source:
        outcome = CopyOutcome.PAUSED
        while outcome is CopyOutcome.PAUSED:
            steering.decision = Decision.GO
            outcome = run_copy(source, made.login, observer=watcher, control=steering).outcome
            calls += 1
    assert calls > 2
    assert made.differences(derby, "doc") == NO_DIFFERENCES


@pytest.mark.parametrize("exclusive", [True, False])
def test_killed_at_random_moments(
    derby: DerbySample,
    tmp_path: Path,
    toolchain: JavaToolchain,
    made: Bench,
    exclusive: bool,
) -> None:
    create_in_derby(derby, "plain", 5_000, key=False)
    made.create_many("plain", key=False)
    take_copy(derby.directory, tmp_path / "copy")
    programs = {name: getattr(toolchain, name) for name in ("java", "javac", "derby_classpath")}
    given = {
        "copy": str(tmp_path / "copy"),
        "work": str(toolchain.work_directory),
        "toolchain": programs,
        "login": dataclasses.asdict(made.login),
        "exclusive": exclusive,
    }
    command = [
        *(sys.executable, "-W", "ignore", "-m", "tests.migrations_ui.transfer.copy_driver"),
        json.dumps(given),
    ]
    chance = random.Random(7)
    for _ in range(KILLS):
        kill_somewhere(command, chance)
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert made.differences(derby, "doc") == NO_DIFFERENCES
    assert made.differences(derby, "plain") == NO_DIFFERENCES
    assert made.value("SELECT COUNT(*) FROM lg_deferred") == 0


def test_rows_that_the_pool_has_stay_the_pools_and_are_listed(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    taken = derby.query("SELECT k1, k2 FROM doc WHERE MOD(k2, 1000) = 7")
    for k1, k2 in taken:
        made.run(f"INSERT INTO doc VALUES ('{k1}', {k2}, 'of the pool', 0)")  # noqa: S608
    with open_source() as source:
        result = run_copy(source, made.login)
        plan = plan_transfer(source, made.login)
    assert result.tables[0].rows_written == ROWS - len(taken)
    assert result.tables[0].merged == MergeCounts(kept=len(taken))
    conflicts = list_conflicts(plan, login=made.login, run_id=RUN)
    assert {tuple(json.loads(conflict.key)) for conflict in conflicts} == set(taken)
    assert {conflict.verdict for conflict in conflicts} == {MergeVerdict.KEPT}
    assert list_rejects(made.login, run_id=RUN) == []
    assert made.value("SELECT COUNT(*) FROM doc") == ROWS
    kept = made.value("SELECT COUNT(*) FROM doc WHERE note = 'of the pool'")
    assert kept == len(taken) == 10


def test_a_row_written_by_another_server_meanwhile_is_a_conflict_not_a_failure(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    ((k1, k2),) = derby.query("SELECT k1, k2 FROM doc WHERE k2 = (SELECT MAX(k2) FROM doc)")

    def write_as_another_server(chunks: int) -> None:
        if chunks == 1:
            made.run(f"INSERT INTO doc VALUES ('{k1}', {k2}, 'of the pool', 0)")  # noqa: S608

    watcher = Watcher(write_as_another_server)
    with open_source() as source:
        result = run_copy(source, made.login, observer=watcher)
    assert (result.tables[0].rows_written, result.tables[0].merged) == (
        ROWS - 1,
        MergeCounts(kept=1),
    )
    assert any("merged" in note for note in watcher.notes)
    assert made.value(f"SELECT note FROM doc WHERE k2 = {k2}") == "of the pool"  # noqa: S608
