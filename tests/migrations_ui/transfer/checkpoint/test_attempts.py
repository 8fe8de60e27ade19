"""The target refuses an attempt that is not the latest, whatever it is about to commit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.checkpoint.earlier_sessions import open_marked
from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.engines.base import TargetLocked
from migrations_ui.transfer.engines.postgresql.target import PostgreSQLTarget
from migrations_ui.transfer.engines.session_marks import POSTGRESQL
from migrations_ui.transfer.errors import RunnerReplaced
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import (
    NO_DIFFERENCES,
    create_in_derby,
    create_in_target,
    differences,
)
from tests.migrations_ui.transfer.runs import RUN, SMALL_CHUNKS, Steering, Watcher, run_copy

ROWS = 10_000
Target = psycopg.Connection[Any]


def under(attempt: int) -> dict[str, Any]:
    return {"settings": replace(SMALL_CHUNKS, attempt=attempt)}


def rows_in(target: Target) -> int:
    ((count,),) = target.execute("SELECT count(*) FROM doc").fetchall()
    return int(count)


def test_a_worker_that_wakes_up_after_another_took_over_commits_nothing_more(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    seen: list[int] = []

    def be_overtaken(chunks: int) -> None:
        if chunks == 1:
            target.execute("UPDATE lg_table SET attempt = 2")
        seen.append(rows_in(target))

    with open_source() as source:
        with pytest.raises(RunnerReplaced):
            run_copy(source, database_login, observer=Watcher(be_overtaken), **under(1))
        assert [rows_in(target)] == seen
        with pytest.raises(RunnerReplaced):
            run_copy(source, database_login, **under(1))
        assert run_copy(source, database_login, **under(3)).outcome is CopyOutcome.FINISHED
        assert differences(derby, target, "doc") == NO_DIFFERENCES

        plan = plan_transfer(source, database_login)
        given: dict[str, Any] = {"source": source, "login": database_login, "run_id": RUN}
        with pytest.raises(RunnerReplaced):
            repair_table(plan.tables[0], attempt=2, **given)
        with pytest.raises(RunnerReplaced):
            remove_run(plan, attempt=2, **given)
        assert rows_in(target) == ROWS
        remove_run(plan, attempt=3, **given)
        assert rows_in(target) == 0


def test_a_table_that_an_earlier_version_made_gets_what_it_lacks(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    control = Steering()

    def pause(_: int) -> None:
        control.decision = Decision.PAUSE

    with open_source() as source:
        run_copy(source, database_login, observer=Watcher(pause), control=control)
        target.execute("ALTER TABLE lg_table DROP COLUMN attempt")
        assert run_copy(source, database_login, **under(1)).outcome is CopyOutcome.FINISHED
        assert differences(derby, target, "doc") == NO_DIFFERENCES


def test_a_session_that_the_login_may_not_end_is_named_with_the_statement_that_does(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    steering = Steering()
    watcher = Watcher(lambda count: setattr(steering, "decision", Decision.PAUSE))
    refused = replace(POSTGRESQL, end="SELECT may_not_end({})")
    monkeypatch.setattr(PostgreSQLTarget, "session_marks", refused)
    settings = replace(SMALL_CHUNKS, attempt=2, lock_seconds=1)
    with open_source() as source:
        run_copy(source, database_login, observer=watcher, control=steering, **under(1))
        with open_marked(database_login, RUN, 1) as frozen, frozen.transaction():
            frozen.change("UPDATE lg_table SET next_row = next_row")
            ((session,),) = frozen.execute("SELECT pg_backend_pid()")
            said = rf"Have the DBA run: SELECT may_not_end\({session}\)"
            with pytest.raises(TargetLocked, match=said):
                run_copy(source, database_login, settings=settings)
        assert run_copy(source, database_login, settings=settings).outcome is CopyOutcome.FINISHED
