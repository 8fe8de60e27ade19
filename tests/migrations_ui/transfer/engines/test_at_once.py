"""A table that refers to itself, where its foreign key stays in force and all its rows go in by one
transaction: the flow and the SQL that SQL Server has, run on SQLite (sqlite_engine.py), which
checks foreign keys at the end of a statement as well."""

from __future__ import annotations

from typing import Any

import pytest

from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.errors import ReferredTo
from migrations_ui.transfer.merge_policy import MergeCounts, MergePolicy
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, Watcher, run_copy

# Wide enough for several chunks. Each refers to the one that comes after it.
COUNT = 300
ROWS = [(n, n + 1 if n < COUNT else None, "x" * 1_800) for n in range(1, COUNT + 1)]


def test_all_rows_of_a_table_that_refers_to_itself_go_in_and_out_together(
    derby: DerbySample,
    open_source: OpenSource,
    login: DatabaseLogin,
    ask: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ENGINES, "sqlite", ENGINES["sqlserver"])
    derby.run(
        "CREATE TABLE folders (id INTEGER NOT NULL PRIMARY KEY, above INTEGER, note VARCHAR(2000))"
    )
    derby.insert("folders", ROWS)
    ask(
        "CREATE TABLE folders (id INTEGER NOT NULL,\nabove INTEGER,\nnote TEXT,\nUNIQUE (id),\n"
        "FOREIGN KEY (above) REFERENCES folders (id))"
    )
    # One that will refer to a new row, and one that only the pool has.
    ask("INSERT INTO folders VALUES (-5, NULL, 'of the pool'), (10, -5, 'of the pool')")
    before = ask("SELECT * FROM folders ORDER BY id")
    settings = TransferSettings(chunk_rows=1, parallel_tables=1, policy=MergePolicy.SERVER)
    with open_source() as source:
        watcher = Watcher()
        (table,) = run_copy(source, login, settings=settings, observer=watcher).tables
        assert (watcher.chunks, table.merged) == (1, MergeCounts(updated=1))
        plan = plan_transfer(source, login)
        (verdict,) = verify(plan, source=source, login=login, run_id=RUN)
        assert verdict.equal
        ask("DELETE FROM folders WHERE id BETWEEN 1 AND 3")
        repaired = repair_table(plan.tables[0], source=source, login=login, run_id=RUN)
        assert repaired.rows_rewritten == 3
        ask("INSERT INTO folders VALUES (-6, 7, 'of the pool')")
        with pytest.raises(ReferredTo, match="1 rows of folders"):
            remove_run(plan, source=source, login=login, run_id=RUN)
        ask("DELETE FROM folders WHERE id = -6")
        (removed,) = remove_run(plan, source=source, login=login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_restored) == (COUNT - 1, 1)
    assert ask("SELECT * FROM folders ORDER BY id") == before
