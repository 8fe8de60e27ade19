"""What is MariaDB's own: implicit commits, keys without regard to case, warnings, lost servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict
from migrations_ui.transfer.engines.mysql.operations import MySQLOperations
from migrations_ui.transfer.engines.mysql.target import MySQLTarget, open_target
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import ColumnPlan, SourceTable, TablePlan
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.mysql.conftest import Ask
from tests.migrations_ui.transfer.runs import RUN, run_copy

TABLE = TablePlan(
    source=SourceTable("APP", "T", 3, ("K",), ()),
    name="t",
    columns=(
        ColumnPlan("K", "k", "INTEGER", "int4!"),
        ColumnPlan("V", "v", "VARCHAR", "varchar:9:nul"),
    ),
    key=("k",),
)


class Undone(Exception):
    """Ends a transaction so that it is rolled back."""


@pytest.fixture
def target(ask: Ask, mariadb_login: DatabaseLogin) -> Iterator[MySQLTarget]:
    ask("CREATE TABLE t (k int PRIMARY KEY, v varchar(9))")
    with open_target(mariadb_login) as opened:
        Checkpoint(opened, RUN).create_tables()
        yield opened


def load(target: MySQLTarget, text: bytes) -> None:
    with target.operations.load(TABLE) as sink:
        sink.write(memoryview(text))


def stage(target: MySQLTarget, text: bytes) -> None:
    with target.operations.stage(TABLE, "lg_staged") as sink:
        sink.write(memoryview(text))


def test_nothing_inside_a_chunk_commits_by_itself(target: MySQLTarget, ask: Ask) -> None:
    """Whatever a chunk does before its end, a failure there leaves no row and no checkpoint."""
    checkpoint = Checkpoint(target, RUN)
    # No chunk is counted here, so for the checkpoint it is a table without rows.
    uncounted = replace(TABLE, source=replace(TABLE.source, row_count=0))
    ask("INSERT INTO t VALUES (2, 'pool')")
    with (  # noqa: PT012  the error is raised after the rest, to undo it
        pytest.raises(Undone),
        target.operations.staging(TABLE, "lg_staged"),
        target.transaction(),
    ):
        checkpoint.start_table(uncounted, exclusive=False)
        stage(target, b"1\tone\n2\ttwo\n")
        assert target.operations.insert_staged(TABLE, "lg_staged") == [(2,)]
        load(target, b"3\tthree\n")
        assert checkpoint.finish(uncounted).finished
        assert target.execute("SELECT COUNT(*) FROM t") == [(3,)]
        assert ask("SELECT COUNT(*) FROM t") == [(1,)]
        raise Undone
    assert ask("SELECT * FROM t") == [(2, "pool")]
    assert ask("SELECT * FROM lg_table") == []


def test_the_first_look_at_the_way_in_is_no_commit(target: MySQLTarget, ask: Ask) -> None:
    with pytest.raises(Undone), target.transaction():  # noqa: PT012
        target.execute("INSERT INTO t VALUES (1, 'x')")
        # Here it finds out whether the server takes LOAD DATA LOCAL.
        assert target.operations.remark == ""
        raise Undone
    assert ask("SELECT * FROM t") == []


def test_a_duplicate_in_load_data_is_a_conflict_not_a_warning(
    target: MySQLTarget, ask: Ask
) -> None:
    ask("INSERT INTO t VALUES (2, 'pool')")
    with pytest.raises(KeyConflict), target.transaction():
        load(target, b"1\tone\n2\ttwo\n3\tthree\n")
    assert ask("SELECT * FROM t") == [(2, "pool")]


@pytest.mark.parametrize("text", [b"1\ttoo long for nine\n", b"x\tone\n", b"1\n", b"1\ta\tb\n"])
def test_a_value_that_the_server_would_change_refuses_the_chunk(
    target: MySQLTarget, ask: Ask, text: bytes
) -> None:
    with pytest.raises(TargetRefused, match="MySQL says"), target.transaction():
        load(target, b"7\tfine\n" + text)
    assert ask("SELECT * FROM t") == []


def test_rows_that_stop_in_the_middle_are_taken_back(target: MySQLTarget, ask: Ask) -> None:
    with pytest.raises(Undone), target.transaction(), target.operations.load(TABLE) as sink:  # noqa: PT012
        sink.write(memoryview(b"1\tone\n2\ttw"))
        raise Undone
    assert ask("SELECT * FROM t") == []
    # The connection is as good as before.
    with target.transaction():
        load(target, b"1\tone\n")
    assert ask("SELECT * FROM t") == [(1, "one")]


@pytest.mark.parametrize("rows", [1, 1_000_000])
def test_a_connection_killed_during_load_data_is_gone(
    target: MySQLTarget, ask: Ask, rows: int
) -> None:
    """Also when so much is unsent that writing the rest finds the pipe closed."""
    ((number,),) = target.execute("SELECT CONNECTION_ID()")
    with (  # noqa: PT012  at which write it shows is up to the server
        pytest.raises(ConnectionGone),
        target.transaction(),
        target.operations.load(TABLE) as sink,
    ):
        sink.write(memoryview(b"0\tzero\n"))
        ask(f"KILL CONNECTION {number}")
        for row in range(1, rows):
            sink.write(memoryview(b"%d\tx\n" % row))
    assert ask("SELECT COUNT(*) FROM t") == [(0,)]


def test_a_lock_waited_for_too_long_is_worth_another_try(
    target: MySQLTarget, mariadb_login: DatabaseLogin
) -> None:
    target.execute("INSERT INTO t VALUES (1, 'x')")
    target.execute("SET SESSION innodb_lock_wait_timeout = 1")
    with open_target(mariadb_login) as other, other.transaction():
        other.change("UPDATE t SET v = 'held'")
        with pytest.raises(ConnectionGone, match="1205"), target.transaction():
            target.change("UPDATE t SET v = 'wanted'")


def test_a_zero_stays_a_zero_in_a_column_that_counts(target: MySQLTarget, ask: Ask) -> None:
    ask("DROP TABLE t")
    ask("CREATE TABLE t (k int AUTO_INCREMENT PRIMARY KEY, v varchar(9))")
    with target.transaction():
        load(target, b"0\tzero\n5\tfive\n")
    ask("INSERT INTO t (v) VALUES ('next')")
    assert ask("SELECT * FROM t ORDER BY k") == [(0, "zero"), (5, "five"), (6, "next")]


def copy_and_verify(source: Any, login: DatabaseLogin, *, exclusive: bool) -> Any:
    run_copy(source, login, settings=TransferSettings(chunk_rows=1, exclusive=exclusive))
    (verdict,) = verify(plan_transfer(source, login), source=source, login=login, run_id=RUN)
    return verdict


@pytest.mark.parametrize("exclusive", [True, False])
def test_keys_that_differ_in_case_are_kept_out_one_by_one(
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb_login: DatabaseLogin,
    exclusive: bool,
) -> None:
    """Derby tells them apart, the target's key does not; rollback takes the right one."""
    derby.run("CREATE TABLE t (k VARCHAR(9) NOT NULL PRIMARY KEY, v VARCHAR(9))")
    derby.insert("t", [("ann", "1"), ("ANN", "2"), ("bob", "3"), ("Eve", "4")])
    ask("CREATE TABLE t (k varchar(9) PRIMARY KEY, v varchar(9)) COLLATE utf8mb4_general_ci")
    if not exclusive:
        ask("INSERT INTO t VALUES ('eve', 'pool')")
    with open_source() as source:
        verdict = copy_and_verify(source, mariadb_login, exclusive=exclusive)
        assert verdict.equal
        kept_out = {reject.key for reject in list_rejects(mariadb_login, run_id=RUN)}
        assert kept_out == ({'["ANN"]'} if exclusive else {'["ANN"]', '["Eve"]'})
        plan = plan_transfer(source, mariadb_login)
        (removed,) = remove_run(plan, source=source, login=mariadb_login, run_id=RUN)
        assert removed.rows_missing == 0
    assert ask("SELECT * FROM t") == ([] if exclusive else [("eve", "pool")])


def test_a_difference_in_case_alone_is_found(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, v VARCHAR(9))")
    derby.insert("t", [(1, "mail"), (2, "blank ")])
    ask("CREATE TABLE t (k int PRIMARY KEY, v varchar(9)) COLLATE utf8mb4_general_ci")
    with open_source() as source:
        assert copy_and_verify(source, mariadb_login, exclusive=True).equal
        ask("UPDATE t SET v = 'Mail' WHERE k = 1")
        ask("UPDATE t SET v = 'blank' WHERE k = 2")
        plan = plan_transfer(source, mariadb_login)
        (verdict,) = verify(plan, source=source, login=mariadb_login, run_id=RUN)
    assert [(each.key, each.columns) for each in verdict.differences] == [
        ("[1]", ("v",)),
        ("[2]", ("v",)),
    ]


def test_another_unique_key_of_the_table_keeps_rows_out_as_well(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, v VARCHAR(9))")
    derby.insert("t", [(1, "taken"), (2, "free"), (3, None)])
    ask("CREATE TABLE t (k int PRIMARY KEY, v varchar(9) UNIQUE)")
    ask("INSERT INTO t VALUES (9, 'taken')")
    with open_source() as source:
        assert copy_and_verify(source, mariadb_login, exclusive=False).equal
    (reject,) = list_rejects(mariadb_login, run_id=RUN)
    assert reject.key == "[1]"
    assert ask("SELECT k FROM t ORDER BY k") == [(2,), (3,), (9,)]


def test_rollback_without_key_takes_as_many_equal_rows_and_leaves_the_rest_whole(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (v VARCHAR(9), b BLOB)")
    derby.insert("t", [("same", b"x"), ("same", b"x"), (None, None), ("other", b"y" * 5000)])
    # A column that the plan does not carry, and a row of the pool's that equals two of the run's.
    ask("CREATE TABLE t (v varchar(9), b longblob, note varchar(9) DEFAULT 'moved')")
    ask("INSERT INTO t VALUES ('same', 'x', 'moved'), ('Same', 'x', 'pool')")
    with open_source() as source:
        run_copy(source, mariadb_login)
        plan = plan_transfer(source, mariadb_login)
        (removed,) = remove_run(plan, source=source, login=mariadb_login, run_id=RUN)
    assert removed.rows_removed == 4
    rows = ask("SELECT v, b, note FROM t ORDER BY note")
    assert rows == [("same", b"x", "moved"), ("Same", b"x", "pool")]


def test_inserts_say_when_a_row_is_longer_than_a_packet(
    target: MySQLTarget, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MySQLOperations, "_why_no_file", "not here")
    monkeypatch.setattr(MySQLOperations, "_longest_packet", 60)
    with pytest.raises(TargetRefused, match="max_allowed_packet"), target.transaction():
        load(target, b"(1,'" + b"x" * 60 + b"')\n")
    with target.transaction(), target.operations.load(TABLE) as sink:
        for number in range(50):
            sink.write(memoryview(b"(%d,'x\\ny" % number))
            sink.write(memoryview(b"')\n"))
    assert ask("SELECT COUNT(*), MIN(v) FROM t") == [(50, "x\ny")]


def test_a_full_disk_says_what_to_do(target: MySQLTarget) -> None:
    with pytest.raises(TargetRefused, match="make room"), target.transaction():
        target.execute("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'full'")
