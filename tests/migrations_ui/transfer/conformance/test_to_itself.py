"""A table that refers to itself, on every engine: no order of writing its rows is right."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.errors import PlanBlocked, ReferredTo, RefersToNothing
from migrations_ui.transfer.merge_policy import MergeCounts, MergePolicy
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import run_is_known
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conformance.references import (
    ALONE,
    BESIDE,
    FOR_ALL,
    everything,
    rewritten,
    rolled_back,
    text,
    verified,
)
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

BOTH = pytest.mark.parametrize("settings", [ALONE, BESIDE], ids=["alone", "beside others"])

FOLDERS = "CREATE TABLE folders (id INTEGER NOT NULL PRIMARY KEY, above INTEGER, note {}(2000))"
UP = "ALTER TABLE folders ADD CONSTRAINT up FOREIGN KEY (above) REFERENCES folders (id)"
# Wide enough for a handful of chunks. Each refers to the one that comes after it.
COUNT = 600
ROWS = [(n, n + 1 if n < COUNT else None, f"{n} {'x' * 900}") for n in range(1, COUNT + 1)]


class Killed(Exception):
    """The worker's process ends here, as far as the target can tell."""


class PausedInside(Steering):
    """Somebody asks for a pause when the first chunk has begun."""

    def chunk_rows(self) -> int | None:
        self.decision = Decision.PAUSE
        return super().chunk_rows()


@pytest.fixture
def folders(derby: DerbySample, related: Bench) -> Bench:
    derby.run(FOLDERS.format("VARCHAR"))
    derby.insert("folders", ROWS)
    related.run(FOLDERS.format(text(related)))
    related.run(UP)
    return related


def beside_others(bench: Bench) -> TransferSettings:
    """Where the engine takes such a table beside others; else as for a server that is alone."""
    return ALONE if bench.login.engine == "db2" else BESIDE


def taken(bench: Bench, settings: TransferSettings) -> TransferSettings:
    """Skips what is blocked: see `test_it_is_reported_before_what_becomes_of_it_beside_others`."""
    if not settings.exclusive and beside_others(bench) is ALONE:
        pytest.skip("It blocks a migration into Db2 where others use the table.")
    return settings


def holds(bench: Bench) -> bool:
    """Whether the database itself refuses a row that refers to nothing."""
    try:
        bench.run("INSERT INTO folders VALUES (-99, -100, NULL)")
    except Exception:  # noqa: BLE001  each driver has an error of its own
        return True
    bench.run("DELETE FROM folders WHERE id = -99")
    return False


@BOTH
def test_it_arrives_though_its_worker_is_killed(
    open_source: OpenSource, folders: Bench, settings: TransferSettings
) -> None:
    def kill(chunks: int) -> None:
        raise Killed

    taken(folders, settings)
    with open_source() as source:
        (finding,) = plan_transfer(source, folders.login, alone=settings.exclusive).findings
        assert not finding.blocks
        assert "foreign key up is" in finding.problem.casefold()
        with pytest.raises(Killed):
            run_copy(source, folders.login, settings=settings, observer=Watcher(kill))
        watcher = Watcher()
        run_copy(source, folders.login, settings=settings, observer=watcher)
        assert everything(folders, "folders") == set(ROWS)
        assert holds(folders)
        assert folders.value("SELECT COUNT(*) FROM lg_deferred") == 0
        assert verified(source, folders)
        (removed,) = rolled_back(source, folders)
    assert (removed.rows_removed, removed.rows_missing) == (COUNT, 0)
    assert holds(folders)


def test_it_is_reported_before_what_becomes_of_it_beside_others(
    open_source: OpenSource, folders: Bench
) -> None:
    with open_source() as source:
        (finding,) = plan_transfer(source, folders.login, alone=False).findings
        assert finding.blocks is (folders.login.engine == "db2")
        if finding.blocks:
            assert "other servers use these tables" in finding.problem
            with pytest.raises(PlanBlocked, match="refers to itself"):
                run_copy(source, folders.login, settings=BESIDE)
            assert folders.value("SELECT COUNT(*) FROM folders") == 0
    assert holds(folders)


def test_what_was_put_aside_is_put_back_by_the_way_back(
    open_source: OpenSource, folders: Bench
) -> None:
    steering = Steering()
    watcher = Watcher(lambda _: setattr(steering, "decision", Decision.STOP))
    with open_source() as source:
        run_copy(source, folders.login, settings=ALONE, control=steering, observer=watcher)
        assert 0 < folders.value("SELECT COUNT(*) FROM folders") < COUNT
        assert folders.value("SELECT COUNT(*) FROM lg_deferred") > 0
        assert holds(folders) is (folders.login.engine not in FOR_ALL)
        there = folders.value("SELECT COUNT(*) FROM folders")
        folders.run("INSERT INTO folders VALUES (-1, 1, 'of the pool')")
        with pytest.raises(ReferredTo, match=r"(?i)1 rows of it .*foreign key up"):
            rolled_back(source, folders)
        assert folders.value("SELECT COUNT(*) FROM folders") == there + 1
        folders.run("DELETE FROM folders WHERE id = -1")
        (removed,) = rolled_back(source, folders)
        assert removed.rows_removed == watcher.rows.total()
        assert holds(folders)
        assert not run_is_known(folders.login, run_id=RUN)
        run_copy(source, folders.login, settings=ALONE)
    assert everything(folders, "folders") == set(ROWS)


@pytest.mark.parametrize("by_hand", [False, True], ids=["by the copy", "by hand"])
def test_rows_that_refer_to_nothing_are_counted_and_what_is_mended_is_put_back(
    derby: DerbySample, open_source: OpenSource, folders: Bench, by_hand: bool
) -> None:
    derby.run("UPDATE folders SET above = -7 WHERE id IN (3, 4)")
    with open_source() as source:
        for _ in range(2):
            with pytest.raises(RefersToNothing, match=r"(?i)folders: 2 rows .*foreign key up\)"):
                run_copy(source, folders.login, settings=ALONE)
        assert folders.value("SELECT COUNT(*) FROM lg_deferred") > 0
        folders.run("INSERT INTO folders VALUES (-7, NULL, NULL)")
        if by_hand and not holds(folders):
            switched_off = folders.login.engine == "sqlserver"
            on = "ALTER TABLE folders WITH CHECK CHECK CONSTRAINT up"
            folders.run(on if switched_off else UP)
        run_copy(source, folders.login, settings=ALONE)
        assert holds(folders)
        # The row that mended it is the parent of the run's rows, and stays when they go.
        rolled_back(source, folders)
    assert folders.run("SELECT id FROM folders") == [(-7,)]


@BOTH
def test_beside_rows_of_the_pool_each_finds_the_row_it_refers_to(
    open_source: OpenSource, folders: Bench, settings: TransferSettings
) -> None:
    # One that will refer to a new row, one that is equal, one that only the pool has.
    folders.run("INSERT INTO folders VALUES (-5, NULL, 'of the pool')")
    folders.run("INSERT INTO folders VALUES (10, -5, 'of the pool')")
    folders.run(f"INSERT INTO folders VALUES ({COUNT}, NULL, '{ROWS[-1][2]}')")  # noqa: S608
    before = everything(folders, "folders")
    settings = TransferSettings(
        chunk_rows=1,
        parallel_tables=1,
        policy=MergePolicy.SERVER,
        exclusive=taken(folders, settings).exclusive,
    )
    with open_source() as source:
        (table,) = run_copy(source, folders.login, settings=settings).tables
        assert table.merged == MergeCounts(updated=1, equal=1)
        assert everything(folders, "folders") == {*ROWS, (-5, None, "of the pool")}
        assert holds(folders)
        assert verified(source, folders)
        (removed,) = rolled_back(source, folders)
    assert (removed.rows_removed, removed.rows_restored) == (COUNT - 2, 1)
    assert everything(folders, "folders") == before
    assert holds(folders)


def test_a_pause_where_its_rows_go_in_together_leaves_none_of_them(
    open_source: OpenSource, folders: Bench
) -> None:
    settings = taken(folders, BESIDE)
    with open_source() as source:
        paused = run_copy(source, folders.login, settings=settings, control=PausedInside())
        assert paused.outcome is CopyOutcome.PAUSED
        there = folders.value("SELECT COUNT(*) FROM folders")
        assert (there == 0) is (folders.login.engine in FOR_ALL)
        run_copy(source, folders.login, settings=settings)
    assert everything(folders, "folders") == set(ROWS)


def test_a_row_of_others_under_a_row_of_the_run_keeps_the_way_back_waiting(
    open_source: OpenSource, folders: Bench
) -> None:
    with open_source() as source:
        run_copy(source, folders.login, settings=beside_others(folders))
        folders.run("INSERT INTO folders VALUES (-1, 17, 'a device made this')")
        with pytest.raises(ReferredTo, match=r"(?i)1 rows of folders .*foreign key up\)"):
            rolled_back(source, folders)
        assert folders.value("SELECT COUNT(*) FROM folders") == COUNT + 1
        folders.run("UPDATE folders SET above = NULL WHERE id = -1")
        rolled_back(source, folders)
    assert folders.run("SELECT id FROM folders") == [(-1,)]


def test_its_repair(open_source: OpenSource, folders: Bench) -> None:
    with open_source() as source:
        run_copy(source, folders.login, settings=ALONE)
        for gone in (1, 2, 3):
            folders.run(f"DELETE FROM folders WHERE id = {gone}")  # noqa: S608
        folders.run("UPDATE folders SET above = 5, note = 'forged' WHERE id = 9")
        assert rewritten(source, folders, "folders") == 4
        assert verified(source, folders)
    assert everything(folders, "folders") == set(ROWS)
    assert holds(folders)
