"""Copying: nothing lost, nothing doubled, whatever is in the way."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy.pipeline import CopyOutcome, NativeFailure, TableResult
from migrations_ui.transfer.errors import PlanBlocked, SourceChanged, TargetLost
from migrations_ui.transfer.pacing import throttle
from migrations_ui.transfer.settings import TransferSettings
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

ROWS = 30_000
Target = psycopg.Connection[Any]


def index_definitions(target: Target) -> set[str]:
    query = "SELECT indexdef FROM pg_indexes WHERE tablename IN ('doc', 'plain')"
    return {row[0] for row in target.execute(query).fetchall()}


def sessions_left(target: Target) -> tuple[int, ...] | None:
    """Sessions of ours; the server needs a moment to end a process whose connection was closed."""
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE application_name LIKE 'lifeguard%' AND datname = current_database()"
    )
    deadline = time.monotonic() + 20
    while (left := target.execute(query).fetchone()) != (0,) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("exclusive", [True, False])
def test_every_row_arrives_once_and_keys_are_as_before(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    exclusive: bool,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_derby(derby, "plain", 10_000, key=False)
    create_in_target(target, "doc")
    create_in_target(target, "plain", key=False)
    before = index_definitions(target)
    watcher = Watcher()
    with open_source() as source:
        settings = TransferSettings(chunk_rows=1, exclusive=exclusive)
        result = run_copy(source, database_login, settings=settings, observer=watcher)
    assert result.outcome is CopyOutcome.FINISHED
    assert result.tables[0] == TableResult("doc", ROWS, ROWS, 0, finished=True)
    assert differences(derby, target, "doc") == NO_DIFFERENCES
    assert differences(derby, target, "plain") == NO_DIFFERENCES
    assert watcher.rows == {"doc": ROWS, "plain": 10_000}
    assert index_definitions(target) == before


def test_pause_is_true_and_resume_goes_on_where_it_was(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    steering = Steering()
    watcher = Watcher(lambda count: setattr(steering, "decision", Decision.PAUSE))
    with open_source() as source:
        paused = run_copy(source, database_login, observer=watcher, control=steering)
        assert paused.outcome is CopyOutcome.PAUSED
        assert watcher.chunks == 1
        assert sessions_left(target) == (0,)
        (there,) = target.execute("SELECT count(*) FROM doc").fetchone() or (0,)
        assert there == paused.tables[0].rows_written == watcher.rows["doc"]
        steering.decision = Decision.GO
        watcher.after_chunk = lambda count: None
        assert run_copy(source, database_login, observer=watcher, control=steering).outcome is (
            CopyOutcome.FINISHED
        )
    assert watcher.rows["doc"] == ROWS
    assert differences(derby, target, "doc") == NO_DIFFERENCES


def test_killed_while_the_keys_are_made(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 5_000)
    create_in_target(target, "doc")
    before = index_definitions(target)
    settings = TransferSettings(exclusive=True)
    with open_source() as source:
        # A run that ends after its last chunk, twice, as if killed while making the keys.
        for _ in range(2):
            with (
                patch.object(Checkpoint, "finish", side_effect=InterruptedError),
                pytest.raises(InterruptedError),
            ):
                run_copy(source, database_login, settings=settings)
        assert index_definitions(target) == set()
        run_copy(source, database_login, settings=settings)
    assert index_definitions(target) == before
    assert differences(derby, target, "doc") == NO_DIFFERENCES


def test_stop_is_distinguished_from_pause(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 100)
    create_in_target(target, "doc")
    with open_source() as source:
        result = run_copy(source, database_login, control=Steering(Decision.STOP))
    assert result.outcome is CopyOutcome.STOPPED
    assert target.execute("SELECT count(*) FROM doc").fetchone() == (0,)


@dataclass
class LiftedAfter(Steering):
    """A limit for the first seconds of a clock."""

    clock: Clock = field(default_factory=Clock)
    until: float = 0.0

    def rows_per_second(self) -> int | None:
        return self.limit if self.clock.now < self.until else None


def test_throttle_holds_over_all_tables_and_can_be_lifted(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for table in ("one", "two"):
        create_in_derby(derby, table, 20_000)
        create_in_target(target, table)
    clock = Clock()
    monkeypatch.setattr(throttle, "time", clock)
    started = clock.now
    steering = LiftedAfter(limit=8_192, clock=clock, until=started + 2.0)
    with open_source() as source:
        run_copy(source, database_login, control=steering, observer=Watcher())
    # 40,000 rows would take five seconds under the limit.
    assert 2.0 <= clock.now - started < 3.0
    assert differences(derby, target, "one") == NO_DIFFERENCES


class PausedWhileThrottled(Steering):
    """Somebody asks for a pause when the first rows are held back."""

    def rows_per_second(self) -> int | None:
        self.decision = Decision.PAUSE
        return super().rows_per_second()


def test_a_pause_is_heard_while_throttled(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 20_000)
    create_in_target(target, "doc")
    with open_source() as source:
        result = run_copy(source, database_login, control=PausedWhileThrottled(limit=1))
    assert result.outcome is CopyOutcome.PAUSED
    # The slice that was in hand is committed, not thrown away.
    assert 0 < result.tables[0].rows_written < 20_000


def test_postgresql_killed_twice_during_the_copy(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    postgresql: EmbeddedPostgreSQL,
) -> None:
    create_in_derby(derby, "doc", 60_000)
    create_in_target(target, "doc")
    target.close()
    ends = {3: postgresql.kill, 8: postgresql.stop}

    def end_the_server(chunks: int) -> None:
        if chunks in ends:
            ends.pop(chunks)()
            postgresql.start()

    watcher = Watcher(end_the_server)
    settings = TransferSettings(chunk_rows=1, exclusive=True)
    with open_source() as source:
        result = run_copy(source, database_login, settings=settings, observer=watcher)
    assert result.outcome is CopyOutcome.FINISHED
    assert not ends
    assert len(watcher.notes) >= 2
    with psycopg.connect(
        host="127.0.0.1",
        port=database_login.port,
        dbname=database_login.name,
        user=database_login.user,
        password=database_login.password,
    ) as connection:
        assert differences(derby, connection, "doc") == NO_DIFFERENCES


def test_a_target_that_stays_away_is_reported_in_time(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    postgresql: EmbeddedPostgreSQL,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    target.close()
    watcher = Watcher(lambda count: postgresql.stop())
    settings = TransferSettings(chunk_rows=1, reconnect_seconds=1)
    try:
        with open_source() as source, pytest.raises(TargetLost, match="Resume"):
            run_copy(source, database_login, settings=settings, observer=watcher)
    finally:
        postgresql.start()
    assert watcher.chunks == 1


class Panic(BaseException):
    """What a native core raises when it breaks down: no Exception."""


def test_a_panic_in_a_copying_thread_ends_the_run_and_the_copy_can_go_on(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    for table in ("one", "two"):
        create_in_derby(derby, table, 3_000)
        create_in_target(target, table)

    def panic(chunks: int) -> None:
        raise Panic

    with open_source() as source:
        with pytest.raises(NativeFailure) as raised:
            run_copy(source, database_login, observer=Watcher(panic))
        assert isinstance(raised.value.__cause__, Panic)
        assert run_copy(source, database_login).outcome is CopyOutcome.FINISHED
    assert differences(derby, target, "one") == NO_DIFFERENCES
    assert differences(derby, target, "two") == NO_DIFFERENCES


def test_a_pause_that_is_over_at_the_next_look_left_tables_all_the_same(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 100)
    create_in_target(target, "doc")
    answers = iter([Decision.PAUSE])
    steering = Steering()
    with (
        open_source() as source,
        patch.object(steering, "decide", side_effect=lambda: next(answers, Decision.GO)),
    ):
        settings = TransferSettings(parallel_tables=1)
        result = run_copy(source, database_login, settings=settings, control=steering)
    assert (result.outcome, result.tables) == (CopyOutcome.PAUSED, ())


def test_a_twin_with_the_same_run_doubles_nothing(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS, key=False)
    create_in_target(target, "doc", key=False)
    errors: list[Exception] = []

    def run_twin() -> None:
        try:
            run_copy(source, database_login)
        except Exception as error:  # noqa: BLE001  the loser may give way
            errors.append(error)

    with open_source() as source:
        twins = [threading.Thread(target=run_twin) for _ in range(3)]
        for twin in twins:
            twin.start()
        for twin in twins:
            twin.join()
        run_copy(source, database_login)
    assert differences(derby, target, "doc") == NO_DIFFERENCES


def test_a_source_that_changed_since_is_refused(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    steering = Steering()
    watcher = Watcher(lambda count: setattr(steering, "decision", Decision.PAUSE))
    with open_source() as source:
        run_copy(source, database_login, observer=watcher, control=steering)
    derby.run("DELETE FROM doc WHERE k2 = 5")
    with open_source() as source, pytest.raises(SourceChanged, match="29,999 rows now"):
        run_copy(source, database_login)


def test_a_blocked_plan_is_not_copied(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 10)
    with open_source() as source, pytest.raises(PlanBlocked):
        run_copy(source, database_login)
