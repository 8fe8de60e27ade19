"""Every Derby type arrives in MariaDB as it was, by both ways in, or is refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from MySQLdb.constants import CLIENT

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.engines.mysql import target as mysql
from migrations_ui.transfer.plan.planner import plan_transfer
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer import test_types as kinds
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.mysql.conftest import Ask
from tests.migrations_ui.transfer.runs import RUN, Watcher, run_copy

MICROSECONDS = "DATE_FORMAT(`{0}`, '%Y-%m-%d %H:%i:%s.%f')"
# Name, Derby type, MariaDB type, and how MariaDB is asked for Derby's spelling.
COLUMNS = (
    ("v", "VARCHAR(40)", "varchar(40)", "v"),
    ("c", "CHAR(8)", "char(8)", "RPAD(c, 8, ' ')"),
    ("lv", "LONG VARCHAR", "text", "lv"),
    ("cl", "CLOB", "longtext", "cl"),
    ("si", "SMALLINT", "smallint", "si"),
    ("i", "INTEGER", "int", "i"),
    ("bi", "BIGINT", "bigint", "bi"),
    ("de", "DECIMAL(31,9)", "decimal(31,9)", "de"),
    ("dn", "DECIMAL(18,0)", "decimal(18,0)", "dn"),
    ("re", "REAL", "float", "re + 0e0"),
    ("do", "DOUBLE", "double", "`do`"),
    ("cb", "CHAR(4) FOR BIT DATA", "binary(4)", "cb"),
    ("vb", "VARCHAR(40) FOR BIT DATA", "varbinary(40)", "vb"),
    ("lb", "LONG VARCHAR FOR BIT DATA", "mediumblob", "lb"),
    ("bl", "BLOB", "longblob", "bl"),
    ("da", "DATE", "date", "DATE_FORMAT(da, '%Y-%m-%d')"),
    ("ti", "TIME", "time", "TIME_FORMAT(ti, '%H:%i:%s')"),
    ("ts", "TIMESTAMP", "datetime(6)", MICROSECONDS.format("ts")),
    ("tz", "TIMESTAMP", "datetime(6)", MICROSECONDS.format("tz")),
    ("bo", "BOOLEAN", "boolean", "bo"),
)
NAMES = [name for name, *_ in COLUMNS]
NUL_TOO = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = kinds.VALUES | {
    "v": NUL_TOO.filter(lambda value: len(value.encode("utf-16-le")) <= 80),
    "lv": NUL_TOO,
    "cl": NUL_TOO,
}
rows_of_values = st.lists(
    st.tuples(*(st.none() | VALUES[name] for name in NAMES)), min_size=1, max_size=60
)
EDGES = [
    *kinds.EDGES,
    (
        *("a\0b\\N\t\n'\"", "'", "\\", "\r\n\x1a", 1, 1, 1, "0.1", "1", 16777217.0, 0.1),
        *(b"\\\t\n'", b"\\N", b"'\0\"\xc3\\", b"\xf0\\\n"),
        *("2000-01-01", "01:02:03", "2000-01-01 00:00:00.1", "2038-01-20 00:00:00", True),
    ),
]


@pytest.fixture(params=["load data", "inserts"])
def way_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "inserts":
        monkeypatch.setitem(mysql.OPTIONS, "client_flag", CLIENT.FOUND_ROWS)
    return str(request.param)


def carry(
    rows: list[tuple[Any, ...]],
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    login: DatabaseLogin,
) -> None:
    columns = ", ".join(f'"{name.upper()}" {kind}' for name, kind, *_ in COLUMNS)
    if not derby.directory.exists():
        derby.run(f"CREATE TABLE kinds (n INTEGER NOT NULL PRIMARY KEY, {columns})")
    derby.run("DELETE FROM kinds")
    derby.insert("kinds", [(number, *row) for number, row in enumerate(rows)])
    columns = ", ".join(f"`{name}` {kind}" for name, _, kind, _ in COLUMNS)
    ask("DROP TABLE IF EXISTS kinds, lg_table, lg_chunk, lg_reject, lg_deferred")
    ask(f"CREATE TABLE kinds (n int PRIMARY KEY, {columns})")
    with open_source() as source:
        run_copy(source, login)
        (verdict,) = verify(plan_transfer(source, login), source=source, login=login, run_id=RUN)
    quoted = ", ".join(f'"{name.upper()}"' for name in NAMES)
    here = [
        kinds.as_the_target_shows_it(row)
        for row in derby.query(f"SELECT {quoted} FROM kinds ORDER BY n")  # noqa: S608
    ]
    asked = ", ".join(expression for *_, expression in COLUMNS)
    there = ask(f"SELECT {asked} FROM kinds ORDER BY n")  # noqa: S608
    assert here == there
    assert len(there) == len(rows)
    assert verdict.equal
    assert verdict.differences == ()


@pytest.mark.usefixtures("way_in")
def test_edges_of_every_type(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    carry(EDGES, derby, open_source, ask, mariadb_login)


@settings(
    # Each is a copy with a reader of its own, so few and of many rows.
    max_examples=4,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(rows=rows_of_values)
def test_any_row_arrives_as_it_was(
    rows: list[tuple[Any, ...]],
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb_login: DatabaseLogin,
) -> None:
    carry(rows, derby, open_source, ask, mariadb_login)


def test_a_refused_load_data_is_said_once(
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb_login: DatabaseLogin,
    way_in: str,
) -> None:
    for name in ("one", "two"):
        derby.run(f"CREATE TABLE {name} (a INTEGER NOT NULL PRIMARY KEY, b VARCHAR(9))")
        derby.insert(name, [(1, "x"), (2, None)])
        ask(f"CREATE TABLE {name} (a int PRIMARY KEY, b varchar(9))")
    watcher = Watcher()
    with open_source() as source:
        run_copy(source, mariadb_login, observer=watcher)
    said = [note for note in watcher.notes if "LOAD DATA LOCAL" in note]
    assert len(said) == (1 if way_in == "inserts" else 0)
    assert ask("SELECT * FROM one ORDER BY a") == [(1, "x"), (2, None)]


NARROW = (
    ("VARCHAR(50)", "varchar(5)", "seven c", "7 characters"),
    ("VARCHAR(50)", "tinytext", None, "requires a value"),
    ("LONG VARCHAR", "tinytext", "ä" * 128, "256 bytes"),
    ("VARCHAR(50)", "varchar(50) CHARACTER SET utf8mb3", "\U0001f600", "four bytes"),
    ("BIGINT", "int", 2**31, "range"),
    ("INTEGER", "smallint", -(2**15) - 1, "range"),
    ("INTEGER", "tinyint", 128, "-128 to 127"),
    ("INTEGER", "tinyint unsigned", -1, "0 to 255"),
    ("INTEGER", "mediumint", 2**23, "range"),
    ("BIGINT", "int unsigned", 2**32, "range"),
    ("BIGINT", "bigint unsigned", -1, "range"),
    ("DECIMAL(10,4)", "decimal(10,2)", "1.0001", "decimal places"),
    ("DOUBLE", "float", 0.1, "single precision"),
    ("VARCHAR(9) FOR BIT DATA", "varbinary(3)", b"four", "4 bytes"),
    ("VARCHAR(9) FOR BIT DATA", "binary(4)", b"one", "3 bytes"),
    ("TIMESTAMP", "datetime", "2024-01-01 00:00:00.5", "0 places"),
    ("TIMESTAMP", "datetime(3)", "2024-01-01 00:00:00.0001", "3 places"),
    ("TIMESTAMP", "timestamp(6)", "2038-01-19 03:14:08", "2038"),
    ("TIMESTAMP", "timestamp(6)", "1970-01-01 00:00:00", "1970"),
)
FITS = {
    "VARCHAR(50)": "é" * 5,
    "LONG VARCHAR": "ä" * 127,
    "DOUBLE": 0.5,
    "VARCHAR(9) FOR BIT DATA": b"abc",
    "TIMESTAMP": "2024-03-31 02:30:00.0",
}


def test_what_does_not_fit_is_kept_out_with_the_reason(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    for number, (derby_type, target_type, value, _) in enumerate(NARROW):
        fits: Any = b"four" if target_type == "binary(4)" else FITS.get(derby_type, 1)
        table = f"t{number:02}"
        derby.run(f"CREATE TABLE {table} (k VARCHAR(9) NOT NULL PRIMARY KEY, a {derby_type})")
        derby.insert(table, [("before", fits), ("bad", value), ("after", fits)])
        ask(f"CREATE TABLE {table} (k varchar(9) PRIMARY KEY, a {target_type} NOT NULL)")
    with open_source() as source:
        result = run_copy(source, mariadb_login)
        plan = plan_transfer(source, mariadb_login)
        verdicts = verify(plan, source=source, login=mariadb_login, run_id=RUN)
    assert {(each.rows_written, each.rows_rejected) for each in result.tables} == {(2, 1)}
    rejects = sorted(list_rejects(mariadb_login, run_id=RUN), key=lambda reject: reject.table)
    for reject, (_, _, _, reason) in zip(rejects, NARROW, strict=True):
        assert (reject.key, reject.column) == ('["bad"]', "A")
        assert reason in reject.reason
    assert all(verdict.equal for verdict in verdicts)
    assert {(each.rows_source, each.rows_target) for each in verdicts} == {(2, 2)}


UNWRITABLE = (
    ("VARCHAR(9)", "varchar(9) CHARACTER SET latin1", "varchar(9) in latin1"),
    ("VARCHAR(9)", "enum('a')", "enum('a')"),
    ("DOUBLE", "double(8,2)", "double(8,2)"),
    ("DECIMAL(9,2)", "decimal(9,2) unsigned", "decimal(9,2) unsigned"),
    ("SMALLINT", "year", "year(4)"),
)


def test_a_column_that_would_change_values_blocks_the_plan(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    for number, (derby_type, target_type, _) in enumerate(UNWRITABLE):
        derby.run(f"CREATE TABLE t{number} (k INTEGER NOT NULL PRIMARY KEY, a {derby_type})")
        derby.insert(f"t{number}", [(1, None)])
        ask(f"CREATE TABLE t{number} (k int PRIMARY KEY, a {target_type})")
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login)
    assert plan.blocked
    found = sorted(plan.findings, key=lambda finding: finding.table)
    for finding, (_, _, said) in zip(found, UNWRITABLE, strict=True):
        assert finding.blocks
        assert said in finding.problem


def test_a_table_without_transactions_blocks_the_plan(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY)")
    derby.insert("t", [(1,)])
    ask("CREATE TABLE t (k int PRIMARY KEY) ENGINE=MyISAM")
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login)
    assert plan.blocked
    assert "InnoDB" in plan.findings[0].problem


def test_a_column_without_microseconds_is_reported_before_the_copy(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a TIMESTAMP, b TIMESTAMP)")
    ask("CREATE TABLE t (k int PRIMARY KEY, a datetime, b datetime(6))")
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login)
    assert not plan.blocked
    (finding,) = plan.findings
    assert finding.column == "A"
    assert "no fractions of a second" in finding.problem
