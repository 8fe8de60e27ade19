"""What runs keep in the target: listed by run, and cleared without a touch on any other run's."""

from __future__ import annotations

import contextlib
from functools import partial

import pytest

from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.errors import KeysMissing
from migrations_ui.transfer.merge.conflicts import ConflictPosition, list_conflicts, read_conflicts
from migrations_ui.transfer.merge_policy import MergeVerdict
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.plan.stored_plan import packed, unpacked
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.purge import IN_USE, UNDER_WAY, purge_run
from migrations_ui.transfer.undo.retained import Purpose, RetainedTable, list_retained
from migrations_ui.transfer.undo.rollback import remove_run
from tests.migrations_ui.transfer.conformance.conftest import ROWS, Bench
from tests.migrations_ui.transfer.conformance.test_merge import EACH, POOL_SAYS, fill_pool
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

OTHER = "run-of-another-console"
SETTINGS = TransferSettings(chunk_rows=2_000)


def kept(made: Bench) -> dict[str, RetainedTable]:
    return {table.name: table for table in list_retained(made.login)}


def check_pages(made: Bench, plan: TransferPlan) -> None:
    """Each conflict of the run is on one page, also for who has no source to plan from."""
    tables = [unpacked(table.name, packed(table)) for table in plan.tables]
    read = partial(read_conflicts, tables, login=made.login, run_id=RUN)
    pages = [read(limit=7)]
    while pages[-1].end is not None:
        pages.append(read(limit=7, behind=ConflictPosition.parse(str(pages[-1].end))))
    found = [conflict for page in pages for conflict in page.conflicts]
    assert [len(page.conflicts) for page in pages] == [7, 7, 7, 7, 2]
    assert found == list_conflicts(plan, login=made.login, run_id=RUN)
    assert len({conflict.key for conflict in found}) == len(found)
    kept = [each for each in found if each.verdict is MergeVerdict.KEPT]
    page = read(limit=len(kept), verdict=MergeVerdict.KEPT)
    assert (list(page.conflicts), page.end) == (kept, None)


def test_what_two_runs_keep_is_distinguished_and_cleared_one_by_one(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    fill_pool(derby, made)
    with open_source() as source:
        run_copy(source, made.login, settings=SETTINGS)
        # All rows are there by now, and equal: its conflict table has each of them once.
        run_copy(source, made.login, settings=SETTINGS, run_id=OTHER)
        merged = EACH * len(POOL_SAYS)
        sides = kept(made)["lg_met_doc"]
        assert (sides.purpose, sides.of) == (Purpose.SIDES, "doc")
        assert sides.rows[RUN] == 2 * merged - EACH
        assert sides.rows[OTHER] >= ROWS - merged
        assert sides.size is None or sides.size > 0
        assert kept(made)["lg_table"].rows == {RUN: 1, OTHER: 1}
        of_other = {name: table.rows.get(OTHER) for name, table in kept(made).items()}

        plan = plan_transfer(source, made.login)
        check_pages(made, plan)

        # What makes a table's keys again is not thrown away.
        lacking = f"VALUES ('{RUN}', 'doc', 0, 'doc_key', 'ALTER TABLE doc')"
        made.run(f"INSERT INTO lg_deferred {lacking}")
        with pytest.raises(KeysMissing, match="doc: Its keys"):
            purge_run(made.login, run_id=RUN, drop_tables=True)
        assert kept(made)["lg_met_doc"].rows == sides.rows
        made.run("DELETE FROM lg_deferred")

        # A run that is under way keeps every table, also those that are empty.
        made.run(f"UPDATE lg_table SET finished = 0 WHERE run_id = '{OTHER}'")  # noqa: S608
        purged = purge_run(made.login, run_id=RUN, drop_tables=True, rows_at_once=100)
        assert purged.rows > sides.rows[RUN]
        assert (purged.dropped, purged.why_not_dropped) == ((), UNDER_WAY)
        made.run("UPDATE lg_table SET finished = 1")
        assert purge_run(made.login, run_id=RUN, drop_tables=True).rows == 0
        assert all(RUN not in table.rows for table in kept(made).values())
        assert {name: table.rows.get(OTHER) for name, table in kept(made).items()} == of_other

        # Nothing of the other run is lost: it is compared, and taken back.
        (verdict,) = verify(plan, source=source, login=made.login, run_id=OTHER)
        assert verdict.equal
        remove_run(plan, source=source, login=made.login, run_id=OTHER)
        assert set(purge_run(made.login, run_id=OTHER, drop_tables=True).dropped) == {
            *("lg_met_doc", "lg_table", "lg_chunk", "lg_reject", "lg_deferred")
        }
        assert kept(made) == {}
        # And what is gone is made again by who needs it.
        assert run_copy(source, made.login, settings=SETTINGS).tables[0].rows_total == ROWS


def test_tables_that_others_use_stay_with_their_rows(
    derby: DerbySample, open_source: OpenSource, made: Bench
) -> None:
    if not made.description.begin:
        pytest.skip("No statement begins a transaction there.")
    fill_pool(derby, made)
    with open_source() as source:
        run_copy(source, made.login, settings=SETTINGS)
    assert purge_run(made.login, run_id=RUN, drop_tables=False).rows
    conflict_table = made.description.quoted("lg_met_doc")
    with contextlib.closing(made.description.connect(made.login)) as connection:
        cursor = connection.cursor()
        cursor.execute(made.description.begin)
        cursor.execute(f"INSERT INTO {conflict_table} (lg_run, k1, k2) VALUES ('{OTHER}', 'x', 1)")  # noqa: S608
        purged = purge_run(made.login, run_id=RUN, drop_tables=True, drop_seconds=1)
        cursor.execute("COMMIT")
    assert (purged.dropped, purged.why_not_dropped) == ((), IN_USE)
    assert kept(made)["lg_met_doc"].rows == {OTHER: 1}
