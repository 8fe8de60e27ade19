"""The flow and the SQL that SQL Server and Db2 share, run on SQLite (sqlite_engine.py)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import TableVerdict, verify
from migrations_ui.transfer.corrections.apply import apply_correction
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.engines.db2.target import Db2Target
from migrations_ui.transfer.engines.sqlserver.target import SQLServerTarget
from migrations_ui.transfer.errors import CorrectionRefused, ReferredTo, TargetRefused
from migrations_ui.transfer.merge.conflict_table import ensure_conflict_table
from migrations_ui.transfer.merge.conflicts import ConflictPosition, list_conflicts, read_conflicts
from migrations_ui.transfer.merge_policy import MergeCounts, MergePolicy, MergeRules, MergeVerdict
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.plan.stored_plan import unpacked
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.purge import purge_run
from migrations_ui.transfer.undo.retained import list_retained
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.sqlite_engine import open_target
from tests.migrations_ui.transfer.runs import RUN, Watcher, run_copy

ROWS = 9_000
ONE_TABLE = TransferSettings(chunk_rows=1, parallel_tables=1)
EXCLUSIVE = TransferSettings(chunk_rows=1, parallel_tables=1, exclusive=True)
CREATE = """CREATE TABLE doc (k1 TEXT NOT NULL COLLATE {collation},
    k2 INTEGER NOT NULL,
    note TEXT COLLATE {collation},
    amount DECIMAL,
    body BLOB,
    UNIQUE (k1, k2))"""


def each_is_a_target(one: SQLServerTarget, other: Db2Target) -> tuple[Target, Target]:
    """For mypy: both keep the protocol."""
    return one, other


@pytest.fixture
def many(derby: DerbySample) -> DerbySample:
    """Keys of which some differ in case or in a blank at their end only."""
    derby.run(
        "CREATE TABLE doc (k1 VARCHAR(40) NOT NULL, k2 INTEGER NOT NULL, note VARCHAR(60), "
        "amount DECIMAL(12,3), body BLOB, PRIMARY KEY (k1, k2))"
    )
    rows = [
        (f"key {n * 7919 % 100_003}", n, None if n % 7 == 0 else f"note {n}", f"{n}.125", b"\0x")
        for n in range(ROWS)
    ]
    twins = [("Twin", 1, "first", "1.000", b""), ("tWIN", 1, "second", "2.000", b"")]
    derby.insert("doc", [*rows, *twins])
    return derby


def verdict_on(source: Any, login: DatabaseLogin) -> TableVerdict:
    (verdict,) = verify(plan_transfer(source, login), source=source, login=login, run_id=RUN)
    return verdict


def rows_of(derby: DerbySample) -> list[tuple[Any, ...]]:
    rows = derby.query("SELECT k1, k2, note, amount FROM doc ORDER BY k2, k1")
    return [(k1, k2, note, float(amount)) for k1, k2, note, amount in rows]


def test_rows_are_copied_verified_tampered_with_and_mended(
    many: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    ask(CREATE.format(collation="BINARY"))
    with open_source() as source:
        watcher = Watcher()
        run_copy(source, login, settings=EXCLUSIVE, observer=watcher)
        assert watcher.chunks > 2
        there = "SELECT k1, k2, note, amount FROM doc ORDER BY k2, k1 COLLATE BINARY"
        assert ask(there) == rows_of(many)
        assert verdict_on(source, login).equal
        ask("UPDATE doc SET note = 'note 8 ' WHERE k2 = 8")
        ask("UPDATE doc SET body = x'00' WHERE k2 = 9")
        ask("DELETE FROM doc WHERE k2 = 5000")
        ask("INSERT INTO doc VALUES ('stranger', -1, NULL, 0, NULL)")
        verdict = verdict_on(source, login)
        seen = {(each.kind.value, each.columns) for each in verdict.differences}
        assert seen == {("differs", ("note",)), ("differs", ("body",))} | {
            ("missing", ()),
            ("extra", ()),
        }
        (table,) = plan_transfer(source, login).tables
        repaired = repair_table(table, source=source, login=login, run_id=RUN)
        assert repaired.rows_rewritten == 3
        ask("DELETE FROM doc WHERE k1 = 'stranger'")
        assert verdict_on(source, login).equal
        assert ask(there) == rows_of(many)
    assert not [name for (name,) in ask("SELECT name FROM sqlite_master") if "_rows_" in name]


@pytest.mark.parametrize(("collation", "pools"), [("NOCASE", "KEY {}"), ("RTRIM", "key {}  ")])
def test_keys_that_the_collation_takes_for_one_are_kept_out_and_reported_exactly(  # noqa: PLR0917
    many: DerbySample,
    open_source: OpenSource,
    login: DatabaseLogin,
    ask: Any,
    collation: str,
    pools: str,
) -> None:
    ask(CREATE.format(collation=collation))
    theirs = pools.format(3 * 7919 % 100_003)
    ask(f"INSERT INTO doc VALUES ('{theirs}', 3, 'of the pool', 0, NULL)")  # noqa: S608
    kept_out = {f'["key {3 * 7919 % 100_003}", 3]'}
    if collation == "NOCASE":
        kept_out.add('["tWIN", 1]')
    with open_source() as source:
        result = run_copy(source, login, settings=ONE_TABLE)
        assert {each.key for each in list_rejects(login, run_id=RUN)} == kept_out
        assert result.tables[0].rows_written == ROWS + 2 - len(kept_out)
        assert verdict_on(source, login).equal
        # The pool's row is like one of the run's, and is none of them.
        plan = plan_transfer(source, login)
        (removed,) = remove_run(plan, source=source, login=login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (ROWS + 2 - len(kept_out), 0)
    assert ask("SELECT k1, note FROM doc") == [(theirs, "of the pool")]


def test_a_row_that_comes_in_meanwhile_turns_the_copy_into_a_merge(
    many: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    ask(CREATE.format(collation="BINARY"))
    last = f"key {(ROWS - 1) * 7919 % 100_003}"

    def write_as_another_server(chunks: int) -> None:
        if chunks == 1:
            ask(f"INSERT INTO doc VALUES ('{last}', {ROWS - 1}, 'of the pool', 0, NULL)")  # noqa: S608

    watcher = Watcher(write_as_another_server)
    with open_source() as source:
        result = run_copy(source, login, settings=ONE_TABLE, observer=watcher)
    assert (result.tables[0].rows_written, result.tables[0].merged) == (
        ROWS + 1,
        MergeCounts(kept=1),
    )
    assert any("merged" in note for note in watcher.notes)


def test_a_parent_is_mended_where_it_is_and_rows_of_others_hold_the_way_back(
    derby: DerbySample,
    open_source: OpenSource,
    login: DatabaseLogin,
    ask: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whatever name the message has for it.
    monkeypatch.setitem(ENGINES, "sqlite", ENGINES["db2"])
    ask("CREATE TABLE people (id INTEGER NOT NULL,\nnote TEXT,\nUNIQUE (id))")
    ask(
        "CREATE TABLE devices (id INTEGER, person INTEGER REFERENCES people (id) ON DELETE CASCADE)"
    )
    derby.run(
        "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, note VARCHAR(9))",
        "INSERT INTO people VALUES (1, 'one'), (2, 'two'), (3, NULL)",
    )
    with open_source() as source:
        run_copy(source, login, settings=ONE_TABLE)
        ask("INSERT INTO devices VALUES (7, 2)")
        ask("UPDATE people SET note = 'forged' WHERE id = 2")
        ask("DELETE FROM people WHERE id = 3")
        plan = plan_transfer(source, login)
        repaired = repair_table(plan.tables[0], source=source, login=login, run_id=RUN)
        assert repaired.rows_rewritten == 2
        assert verdict_on(source, login).equal
        with pytest.raises(ReferredTo, match="1 rows of devices"):
            remove_run(plan, source=source, login=login, run_id=RUN)
        assert ask("SELECT * FROM devices") == [(7, 2)]
        ask("DELETE FROM devices")
        (removed,) = remove_run(plan, source=source, login=login, run_id=RUN)
        assert removed.rows_removed == 3


def test_tables_without_key_are_compared_and_rolled_back_as_multisets(
    derby: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    derby.run("CREATE TABLE plain (note VARCHAR(40), size INTEGER)")
    derby.insert("plain", [(f"note {n % 500}", None if n % 3 else n % 500) for n in range(1_500)])
    ask("CREATE TABLE plain (note TEXT,\nsize INTEGER)")
    with open_source() as source:
        run_copy(source, login, settings=EXCLUSIVE)
        assert verdict_on(source, login).equal
        ask("DELETE FROM plain WHERE rowid = (SELECT MIN(rowid) FROM plain WHERE note = 'note 7')")
        ask("UPDATE plain SET note = 'forged' WHERE rowid = 9")
        kinds = sorted(each.kind.value for each in verdict_on(source, login).differences)
        assert kinds == ["extra", "missing", "missing"]
        # The pool's own row happens to equal one of the run's.
        ask("INSERT INTO plain VALUES ('note 6', 6)")
        plan = plan_transfer(source, login)
        (removed,) = remove_run(plan, source=source, login=login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (1_498, 2)
    assert ask("SELECT note, size FROM plain ORDER BY note") == [("forged", None), ("note 6", 6)]


def test_staged_rows_that_a_twin_took_away_are_missed(
    many: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    ask(CREATE.format(collation="BINARY"))
    with open_source() as source, open_target(login) as target:
        (table,) = plan_transfer(source, login).tables
        taken = f"DELETE FROM {target.words.staged(table, 'lg_staged')} WHERE k1 = 'a'"  # noqa: S608
        with target.operations.staging(table, "lg_staged"), target.transaction():
            rows = [("a", 1, None, None, None), ("b", 1, None, None, None)]
            target.operations.stage_rows(table, "lg_staged", rows)
            target.execute(taken)
            with pytest.raises(TargetRefused, match="2 rows were staged, and 1 were there"):
                target.operations.insert_staged(table, "lg_staged")


def test_what_a_killed_runner_left_staged_is_cleared_by_the_next(
    many: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    ask(CREATE.format(collation="BINARY"))
    with open_source() as source, open_target(login) as target:
        (table,) = plan_transfer(source, login).tables
        for statement in target.operations.create_staging(table, "lg_staged"):
            target.execute(statement)
        target.operations.put(
            table, target.words.staged(table, "lg_staged"), [("left", 1, None, None, None)]
        )
        with target.operations.staging(table, "lg_staged"), target.transaction():
            target.operations.stage_rows(table, "lg_staged", [])
            assert target.operations.insert_staged(table, "lg_staged") == []
    assert ask("SELECT COUNT(*) FROM doc") == [(0,)]


def test_what_runs_keep_is_paged_through_and_cleared_run_by_run(
    login: DatabaseLogin, ask: Any
) -> None:
    ask(CREATE.format(collation="NOCASE"))
    columns = [["k1", "text:40!"], ["k2", "int8!"], ["note", "text:60"]]
    doc = unpacked("doc", json.dumps({"columns": columns, "key": ["k1", "k2"]}))
    for run in (RUN, "other"):
        with open_target(login) as target:
            Checkpoint(target, run).create_tables()
            ensure_conflict_table(target, doc)
        ask(f"INSERT INTO lg_table VALUES ('{run}', 'doc', 'merge', 6, 6, 0, 6, 0, 0, 0, 1, 0)")  # noqa: S608
        for number in range(6):
            first, key = number // 3, f"'Key {number % 2}', {number}"
            for side in ("pool", "server"):
                ask(
                    f"INSERT INTO lg_met_doc VALUES ('{run}', '{side}', 'replaced', {first}, "  # noqa: S608
                    f"{key}, '{side}')"
                )
    read = partial(read_conflicts, [doc], login=login, run_id=RUN, limit=2)
    pages = [read()]
    while pages[-1].end is not None:
        pages.append(read(behind=pages[-1].end))
    assert [[json.loads(each.key)[1] for each in page.conflicts] for page in pages] == [
        *([0, 2], [1, 4], [3, 5])
    ]
    # A place without its chunk, as the console has it of what it keeps.
    page = read(behind=ConflictPosition("doc", '["Key 0", 4]'))
    assert [each.key for each in page.conflicts] == ['["Key 1", 3]', '["Key 1", 5]']
    assert {name.name: name.rows for name in list_retained(login)}["lg_met_doc"] == {
        RUN: 12,
        "other": 12,
    }
    purged = purge_run(login, run_id=RUN, drop_tables=True, rows_at_once=1)
    assert (purged.rows, purged.dropped) == (13, ())
    assert purge_run(login, run_id="other", drop_tables=True).dropped[0] == "lg_met_doc"
    assert list_retained(login) == ()


def test_rows_that_meet_are_decided_kept_on_both_sides_and_put_back(
    many: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    ask(CREATE.format(collation="NOCASE"))
    ask("CREATE UNIQUE INDEX once ON doc (note, amount)")
    for k2, note, amount in ((2, "'older'", 1), (3, "'newer'", 9), (4, "'taken'", 1)):
        key = f"key {k2 * 7919 % 100_003}"
        ask(f"INSERT INTO doc VALUES ('{key}', {k2}, {note}, {amount}, NULL)")  # noqa: S608
    # Its value is what the server's row 4 would bring; and its key differs from 5 by case only.
    ask("INSERT INTO doc VALUES ('only here', -4, 'note 4', 4.125, x'0078')")
    ask(f"INSERT INTO doc VALUES ('KEY {5 * 7919 % 100_003}', 5, 'of the pool', 9, NULL)")  # noqa: S608
    rows = "SELECT k1, k2, note, amount, hex(body) FROM doc ORDER BY k2, k1 COLLATE BINARY"
    before = ask(rows)
    settings = TransferSettings(
        chunk_rows=1,
        parallel_tables=1,
        policy=MergePolicy.NEWEST,
        rules=MergeRules(ages={"doc": "amount"}),
    )
    with open_source() as source:
        (table,) = run_copy(source, login, settings=settings).tables
        assert table.merged == MergeCounts(updated=1, kept=2)
        # 5, and the second of the twins that differ in case.
        assert table.rows_rejected == 2
        assert table.rows_total == table.rows_written + table.merged.total + table.rows_rejected
        plan = plan_transfer(source, login)
        conflicts = list_conflicts(plan, login=login, run_id=RUN)
        assert sorted(each.verdict for each in conflicts) == [
            *(MergeVerdict.UNIQUE_VIOLATION, MergeVerdict.KEPT, MergeVerdict.REPLACED)
        ]
        assert verdict_on(source, login).equal
        # The pool goes on with the row that was replaced: nothing is written over that.
        ((was,),) = ask("SELECT amount FROM doc WHERE k2 = 2")
        ask("UPDATE doc SET amount = 99 WHERE k2 = 2")
        of_run: Any = {"login": login, "run_id": RUN, "rules": settings.rules}
        (verdict,) = verify(plan, source=source, **of_run)
        assert (verdict.equal, verdict.newer) == (True, 1)
        assert repair_table(plan.tables[0], source=source, **of_run).rows_rewritten == 0
        assert ask("SELECT amount FROM doc WHERE k2 = 2") == [(99,)]
        ask(f"UPDATE doc SET amount = '{was}' WHERE k2 = 2")  # noqa: S608
        (removed,) = remove_run(plan, source=source, login=login, run_id=RUN)
        assert removed.rows_restored == 1
    assert ask(rows) == before


def test_rejects_are_corrected_with_their_keys_once_and_taken_back(
    derby: DerbySample, open_source: OpenSource, login: DatabaseLogin, ask: Any
) -> None:
    derby.run("CREATE TABLE t (k VARCHAR(20) NOT NULL PRIMARY KEY, a VARCHAR(40), n DECIMAL(12,4))")
    rows = [("first", "fits", "1.0000"), ("key is too long", "so is a", "2.0001")]
    derby.insert("t", [*rows, ("last", "much too long", "3.0000")])
    ask(
        "CREATE TABLE t (k VARCHAR(5) NOT NULL COLLATE NOCASE,\na VARCHAR(5),\nn DECIMAL,\n"
        "UNIQUE (k))"
    )
    with open_source() as source:
        run_copy(source, login, settings=EXCLUSIVE)
        several, one = list_rejects(login, run_id=RUN)
        assert [rejected.column for rejected in several.values] == ["K", "A", "N"]
        (table,) = plan_transfer(source, login).tables
        request: dict[str, Any] = {"source": source, "login": login, "run_id": RUN}
        request["row_number"] = several.row_number
        values = {"K": "key", "A": "short", "N": "2"}
        for key in ("first", "FIRST"):
            with pytest.raises(CorrectionRefused, match="only once"):
                apply_correction(table, values={**values, "K": key}, **request)
        assert apply_correction(table, values=values, **request)
        assert not apply_correction(table, values=values, **request)
        with pytest.raises(CorrectionRefused, match="no reject"):
            apply_correction(table, values={**values, "K": "KEY"}, **request)
        assert list_rejects(login, run_id=RUN) == [one]
        verdict = verdict_on(source, login)
        assert (verdict.equal, verdict.corrected, verdict.rows_source) == (True, 1, 2)
        ask("UPDATE t SET a = 'wrong' WHERE k = 'key'")
        assert [each.kind for each in verdict_on(source, login).differences] == ["replayed"]
        assert repair_table(table, source=source, login=login, run_id=RUN).rows_rewritten == 1
        assert verdict_on(source, login).equal
        assert ask("SELECT k, a FROM t ORDER BY k") == [("first", "fits"), ("key", "short")]
        plan = plan_transfer(source, login)
        (removed,) = remove_run(plan, source=source, login=login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (2, 0)
    assert ask("SELECT COUNT(*) FROM t") == [(0,)]
