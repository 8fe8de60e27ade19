"""Every Derby type arrives as it was, or is refused with the reason, by both sides' own SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jpype
import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.plan.planner import plan_transfer
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, SMALL_CHUNKS, run_copy

Target = psycopg.Connection[Any]

# Name, Derby type, PostgreSQL type, and how PostgreSQL is asked for Derby's spelling.
COLUMNS = (
    ("v", "VARCHAR(40)", "varchar(40)", "v"),
    ("c", "CHAR(8)", "char(8)", "c || repeat(' ', 8 - length(c))"),
    ("lv", "LONG VARCHAR", "text", "lv"),
    ("cl", "CLOB", "text", "cl"),
    ("si", "SMALLINT", "smallint", "si"),
    ("i", "INTEGER", "integer", "i"),
    ("bi", "BIGINT", "bigint", "bi"),
    ("de", "DECIMAL(31,9)", "numeric(31,9)", "de"),
    ("dn", "DECIMAL(18,0)", "numeric", "dn"),
    ("re", "REAL", "real", "re::double precision"),
    ("do", "DOUBLE", "double precision", '"do"'),
    ("cb", "CHAR(4) FOR BIT DATA", "bytea", "cb"),
    ("vb", "VARCHAR(40) FOR BIT DATA", "bytea", "vb"),
    ("lb", "LONG VARCHAR FOR BIT DATA", "bytea", "lb"),
    ("bl", "BLOB", "bytea", "bl"),
    ("da", "DATE", "date", "to_char(da, 'YYYY-MM-DD')"),
    ("ti", "TIME", "time", "to_char(ti, 'HH24:MI:SS')"),
    ("ts", "TIMESTAMP", "timestamp", "to_char(ts, 'YYYY-MM-DD HH24:MI:SS.US')"),
    ("tz", "TIMESTAMP", "timestamptz", "to_char(tz, 'YYYY-MM-DD HH24:MI:SS.US')"),
    ("bo", "BOOLEAN", "boolean", "bo"),
)
NAMES = [name for name, *_ in COLUMNS]
TIMES = {"ts", "tz"}

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
two_units = text.filter(lambda value: len(value.encode("utf-16-le")) <= 80)
years = st.dates().map(str)
seconds = st.times().map(lambda value: value.strftime("%H:%M:%S"))
nanoseconds = st.integers(0, 999_999_999).map("{:09}".format)
timestamps = st.builds("{} {}.{}".format, years, seconds, nanoseconds)
VALUES = {
    "v": two_units,
    "c": st.text("abc é", max_size=8),
    "lv": text,
    "cl": text,
    "si": st.integers(-(2**15), 2**15 - 1),
    "i": st.integers(-(2**31), 2**31 - 1),
    "bi": st.integers(-(2**63), 2**63 - 1),
    "de": st.decimals(-(10**22) + 1, 10**22 - 1, places=9).map("{:f}".format),
    "dn": st.integers(-(10**18) + 1, 10**18 - 1).map(str),
    "re": st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False).filter(
        lambda value: value == 0 or abs(value) > 1.2e-37
    ),
    "do": st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    "cb": st.binary(min_size=4, max_size=4),
    "vb": st.binary(max_size=40),
    "lb": st.binary(max_size=40),
    "bl": st.binary(max_size=200),
    "da": years,
    "ti": seconds,
    "ts": timestamps,
    "tz": timestamps,
    "bo": st.booleans(),
}
rows_of_values = st.lists(
    st.tuples(*(st.none() | VALUES[name] for name in NAMES)), min_size=1, max_size=60
)
EDGES = [
    tuple(None for _ in NAMES),
    (
        *("", " " * 8, "", "", -(2**15), -(2**31), -(2**63), "0.000000001", "0", 0.0, 0.0),
        *(b"\0" * 4, b"", b"", b"", "0001-01-01", "00:00:00"),
        *("0001-01-01 00:00:00.000000001", "1582-10-10 12:00:00.999999999", False),
    ),
    (
        *("\U0001f600" * 20, "é", "e\u0301", "x" * 100_000, 2**15 - 1, 2**31 - 1, 2**63 - 1),
        *("-9999999999999999999999.999999999", "-10000", -1.5, 1.7e308),
        *(b"\xff" * 4, bytes(40), bytes(range(256)), bytes(2_000_000), "9999-12-31", "23:59:59"),
        *("9999-12-31 23:59:59.999999999", "1969-12-31 23:59:59.999999999", True),
    ),
    (
        *("trailing  ", "a", "tab\tand\nline", "", 0, 0, 0, "10000", "10001", 3.0, 1e-300),
        *(b"abcd", b"\0", b"\0", b"\0" * 70_000, "1582-10-10", "12:00:00"),
        *("2024-02-29 00:00:00", "1582-10-04 00:00:00", True),
    ),
]


def as_the_target_shows_it(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Derby's own reading of a row, with nanoseconds cut to microseconds."""
    shown = []
    for name, value in zip(NAMES, row, strict=True):
        if name in TIMES and value is not None:
            whole, _, fraction = value.partition(".")
            shown.append(f"{whole}.{fraction:0<6}"[: len(whole) + 7])
        else:
            shown.append(value)
    return tuple(shown)


def carry(
    rows: list[tuple[Any, ...]],
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    login: DatabaseLogin,
) -> None:
    columns = ", ".join(f'"{name.upper()}" {kind}' for name, kind, *_ in COLUMNS)
    if not derby.directory.exists():
        derby.run(f"CREATE TABLE kinds (n INTEGER NOT NULL PRIMARY KEY, {columns})")
    derby.run("DELETE FROM kinds")
    derby.insert("kinds", [(number, *row) for number, row in enumerate(rows)])
    columns = ", ".join(f'"{name}" {kind}' for name, _, kind, _ in COLUMNS)
    target.execute("DROP TABLE IF EXISTS kinds, lg_table, lg_chunk, lg_reject, lg_deferred")
    target.execute(f"CREATE TABLE kinds (n integer PRIMARY KEY, {columns})")
    asked = ", ".join(expression for *_, expression in COLUMNS)
    with open_source() as source:
        run_copy(source, login)
        (verdict,) = verify(plan_transfer(source, login), source=source, login=login, run_id=RUN)
    quoted = ", ".join(f'"{name.upper()}"' for name in NAMES)
    here = [
        as_the_target_shows_it(row)
        for row in derby.query(f"SELECT {quoted} FROM kinds ORDER BY n")  # noqa: S608
    ]
    there = target.execute(f"SELECT {asked} FROM kinds ORDER BY n").fetchall()  # noqa: S608
    assert here == there
    assert len(there) == len(rows)
    # What the target holds reads back to the very bytes that were sent.
    assert verdict.equal
    assert verdict.differences == ()


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
    target: Target,
    database_login: DatabaseLogin,
) -> None:
    carry(rows, derby, open_source, target, database_login)


NARROW = (
    ("VARCHAR(50)", "varchar(5)", "seven c", "7 characters", "seven c"),
    ("VARCHAR(50)", "text", "a\0b", "NUL", "a\\0b"),
    ("VARCHAR(50)", "text", None, "requires a value", ""),
    ("BIGINT", "integer", 2**31, "range", "2147483648"),
    ("INTEGER", "smallint", -(2**15) - 1, "range", "-32769"),
    ("DECIMAL(10,4)", "numeric(10,2)", "1.0001", "decimal places", "1.0001"),
    ("DECIMAL(10,4)", "numeric(5,4)", "123456.0000", "digits", "123456.0000"),
    ("DOUBLE", "real", 0.1, "single precision", "0.1"),
    ("SMALLINT", "boolean", 2, "true or false", "2"),
)


def test_what_does_not_fit_is_kept_out_with_the_reason(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    for number, (derby_type, target_type, value, _, _) in enumerate(NARROW):
        fits: Any = {"VARCHAR(50)": "é" * 5, "DOUBLE": 0.5}.get(derby_type, 1)
        derby.run(f"CREATE TABLE t{number} (k VARCHAR(9) NOT NULL PRIMARY KEY, a {derby_type})")
        derby.insert(f"t{number}", [("before", fits), ("bad", value), ("after", fits)])
        columns = f"k varchar(9) PRIMARY KEY, a {target_type} NOT NULL"
        target.execute(f"CREATE TABLE t{number} ({columns})")
    with open_source() as source:
        shown = Masking({f"t{number}": {"a"} for number in range(len(NARROW))})
        settings = replace(SMALL_CHUNKS, masking=shown)
        result = run_copy(source, database_login, settings=settings)
        plan = plan_transfer(source, database_login)
        verdicts = verify(plan, source=source, login=database_login, run_id=RUN)
    assert {(each.rows_written, each.rows_rejected) for each in result.tables} == {(2, 1)}
    rejects = sorted(list_rejects(database_login, run_id=RUN), key=lambda reject: reject.table)
    for reject, (_, _, _, reason, preview) in zip(rejects, NARROW, strict=True):
        assert (reject.key, reject.column, reject.preview) == ('["bad"]', "A", preview)
        assert reason in reject.reason
    assert all(verdict.equal for verdict in verdicts)
    assert {(each.rows_source, each.rows_target) for each in verdicts} == {(2, 2)}


def java_text(units: list[int]) -> Any:
    """A Java string of these UTF-16 units, which no Python text can be turned into."""
    return jpype.JClass("java.lang.String")(jpype.JArray(jpype.JInt)(units), 0, len(units))


def test_half_a_surrogate_pair_is_kept_out(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(50), b CLOB)")
    with derby.open() as connection:
        statement = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?)")
        fine, high, low = ord("x"), 0xD83D, 0xDE00
        halves = ([high], [fine]), ([fine, low], [fine]), ([high, fine], [fine]), ([fine], [high])
        for number, (short, long) in enumerate(halves):
            statement.setInt(1, number)
            statement.setString(2, java_text(short))
            statement.setString(3, java_text(long))
            statement.executeUpdate()
        connection.commit()
    target.execute("CREATE TABLE t (k integer PRIMARY KEY, a varchar(50), b text)")
    with open_source() as source:
        result = run_copy(source, database_login)
    assert (result.tables[0].rows_written, result.tables[0].rows_rejected) == (0, 4)
    assert {reject.column for reject in list_rejects(database_login, run_id=RUN)} == {"A", "B"}
