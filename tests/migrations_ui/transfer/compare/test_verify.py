"""What verification and rollback do of PostgreSQL's own; the rest is in the conformance suite."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.compare.verify import TableVerdict, verify
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.errors import NotCopied
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
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
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

ROWS = 10_000
Target = psycopg.Connection[Any]


def verify_all(source: Any, login: DatabaseLogin) -> TableVerdict:
    (verdict,) = verify(plan_transfer(source, login), source=source, login=login, run_id=RUN)
    return verdict


def test_a_table_that_is_not_copied_cannot_be_verified(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    create_in_derby(derby, "doc", 100)
    create_in_target(target, "doc")
    with open_source() as source:
        run_copy(source, database_login, run_id="another run")
        with pytest.raises(NotCopied, match="doc"):
            verify_all(source, database_login)


@pytest.mark.parametrize("exclusive", [True, False])
def test_rollback_of_an_unfinished_run_leaves_the_tables_as_they_were(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    exclusive: bool,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_target(target, "doc")
    before = set(target.execute("SELECT indexdef FROM pg_indexes").fetchall())
    steering = Steering()
    watcher = Watcher(lambda count: setattr(steering, "decision", Decision.STOP))
    with open_source() as source:
        settings = TransferSettings(chunk_rows=1, exclusive=exclusive)
        run_copy(source, database_login, settings=settings, control=steering, observer=watcher)
        plan = plan_transfer(source, database_login)
        (removed,) = remove_run(plan, source=source, login=database_login, run_id=RUN)
        assert removed.rows_removed == watcher.rows["doc"] > 0
        assert removed.rows_missing == 0
        assert target.execute("SELECT count(*) FROM doc").fetchone() == (0,)
        assert before < set(target.execute("SELECT indexdef FROM pg_indexes").fetchall())
        # The run is forgotten: the same one may begin again.
        run_copy(source, database_login)
    assert differences(derby, target, "doc") == NO_DIFFERENCES
