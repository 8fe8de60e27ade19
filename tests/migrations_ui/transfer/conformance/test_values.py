"""Every type at its edges arrives as it was, or is kept out with the reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.plan.planner import plan_transfer
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy
from tests.migrations_ui.transfer.test_types import EDGES, NAMES, as_the_target_shows_it

PADDED = NAMES.index("c")
# The others refuse one, or nobody knows whether their driver passes it on.
HOLDS_NUL = {"mysql", "sqlserver"}


def plainly(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """One spelling for what drivers give differently: buffers, flags, blanks that fill a char."""
    values: list[Any] = [
        bytes(value) if isinstance(value, (bytearray, memoryview)) else value for value in row
    ]
    if isinstance(values[PADDED], str):
        values[PADDED] = values[PADDED].rstrip(" ")
    return tuple(values)


def test_edges_of_every_type(derby: DerbySample, open_source: OpenSource, bench: Bench) -> None:
    columns = ", ".join(f'"{name.upper()}" {kind}' for name, kind, *_ in bench.description.columns)
    derby.run(f"CREATE TABLE kinds (n INTEGER NOT NULL PRIMARY KEY, {columns})")
    derby.insert("kinds", [(number, *row) for number, row in enumerate(EDGES)])
    quote = bench.description.quoted
    fold = str.upper if bench.login.engine == "db2" else str
    columns = ", ".join(
        f"{quote(fold(name))} {kind}" for name, _, kind, _ in bench.description.columns
    )
    bench.run(f"CREATE TABLE kinds (n {bench.description.columns[5][2]} NOT NULL, {columns})")
    with open_source() as source:
        run_copy(source, bench.login)
        (verdict,) = verify(
            plan_transfer(source, bench.login), source=source, login=bench.login, run_id=RUN
        )
    assert verdict.equal
    asked = ", ".join(expression for *_, expression in bench.description.columns)
    names = ", ".join(f'"{name.upper()}"' for name in NAMES)
    here = derby.query(f"SELECT {names} FROM kinds ORDER BY n")  # noqa: S608
    there = bench.run(f"SELECT {asked} FROM kinds ORDER BY n")  # noqa: S608
    for expected, found in zip(here, there, strict=True):
        assert plainly(found) == plainly(as_the_target_shows_it(expected))


@pytest.mark.parametrize(
    ("which", "derby_type", "fits", "value", "reason"),
    [
        (0, "VARCHAR(50)", "fits", "six ch", "takes 5"),
        (1, "BIGINT", 1, 2**31, "range"),
        (2, "DECIMAL(10,4)", Decimal("1.0000"), "1.0001", "decimal places"),
        (3, "DOUBLE", 0.5, 0.1, "single precision"),
    ],
)
def test_what_does_not_fit_is_kept_out_with_the_reason(  # noqa: PLR0917
    derby: DerbySample,
    open_source: OpenSource,
    bench: Bench,
    which: int,
    derby_type: str,
    fits: Any,
    value: Any,
    reason: str,
) -> None:
    derby.run(f"CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a {derby_type})")
    derby.insert("t", [(1, fits), (2, value), (3, fits)])
    narrow = bench.description.narrow
    bench.run(f"CREATE TABLE t (k {narrow[1]} NOT NULL PRIMARY KEY, a {narrow[which]} NOT NULL)")
    with open_source() as source:
        result = run_copy(source, bench.login)
        (verdict,) = verify(
            plan_transfer(source, bench.login), source=source, login=bench.login, run_id=RUN
        )
    assert (result.tables[0].rows_written, result.tables[0].rows_rejected) == (2, 1)
    (reject,) = list_rejects(bench.login, run_id=RUN)
    assert (reject.key, reject.column, reject.row_number) == ('["2"]', "A", 1)
    assert reason in reject.reason
    assert verdict.equal
    assert bench.run("SELECT k FROM t ORDER BY k") == [(1,), (3,)]


def test_a_nul_in_a_text_arrives_or_is_kept_out_with_the_reason(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    rows = [(1, "fits"), (2, "a\0b"), (3, "end\0")]
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a VARCHAR(5))")
    derby.insert("t", rows)
    text, whole, *_ = bench.description.narrow
    bench.run(f"CREATE TABLE t (k {whole} NOT NULL PRIMARY KEY, a {text})")
    with open_source() as source:
        run_copy(source, bench.login)
        (verdict,) = verify(
            plan_transfer(source, bench.login), source=source, login=bench.login, run_id=RUN
        )
    held = rows if bench.login.engine in HOLDS_NUL else rows[:1]
    assert bench.run("SELECT k, a FROM t ORDER BY k") == held
    rejects = list_rejects(bench.login, run_id=RUN)
    assert [each.row_number for each in rejects] == list(range(len(held), len(rows)))
    assert all("NUL" in each.reason for each in rejects)
    assert verdict.equal


def test_large_objects_of_twenty_megabytes_and_of_nothing_arrive(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, b BLOB, c CLOB)")
    blob = bytes(range(256)) * 80_000
    longer_than_a_piece = bytes(66 * 1024 * 1024)
    derby.insert("t", [(1, blob, None), (2, None, "ä" * 10_000_000), (3, b"", "")])
    derby.insert("t", [(4, longer_than_a_piece, None)])
    blobs, clobs = bench.description.large
    bench.run(
        f"CREATE TABLE t (k {bench.description.narrow[1]} NOT NULL PRIMARY KEY, "
        f"b {blobs}, c {clobs})"
    )
    with open_source() as source:
        run_copy(source, bench.login)
        (verdict,) = verify(
            plan_transfer(source, bench.login), source=source, login=bench.login, run_id=RUN
        )
    assert verdict.equal
    in_bytes = bench.description.bytes_of.format("b")
    in_characters = bench.description.characters_of.format("c")
    sizes = bench.run(f"SELECT {in_bytes}, {in_characters} FROM t ORDER BY k")  # noqa: S608
    assert sizes == [(len(blob), None), (None, 10_000_000), (0, 0)]
    assert bytes(bench.value("SELECT b FROM t WHERE k = 1")) == blob
    (reject,) = list_rejects(bench.login, run_id=RUN)
    assert "64 MiB" in reject.reason


def test_identity_columns_continue_after_the_copied_numbers(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    derby.run("CREATE TABLE t (id INTEGER NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)")
    derby.run("INSERT INTO t VALUES 1, 2, 41")
    bench.run(f"CREATE TABLE t (id {bench.description.identity} PRIMARY KEY)")
    with open_source() as source:
        run_copy(source, bench.login)
    bench.run(bench.description.insert_default)
    assert bench.value("SELECT MAX(id) FROM t") > 41
