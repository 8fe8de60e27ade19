"""What MariaDB's columns would lose is counted, and treated the same by both ways in."""

from __future__ import annotations

from typing import Any

import pytest

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.plan.compatibility import IncompatibleColumn, measure_compatibility
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.syntaxes import RowSyntax
from migrations_ui.transfer.value_loss import Loss, Treatment, Treatments
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.mysql.conftest import Ask
from tests.migrations_ui.transfer.engines.mysql.test_types import way_in
from tests.migrations_ui.transfer.runs import RUN, SMALL_CHUNKS

CONVERT = dict.fromkeys(Loss, Treatment.CONVERT)
REJECT = dict.fromkeys(Loss, Treatment.REJECT)
FACE = "\U0001f600"

__all__ = ["way_in"]


def counted(found: list[IncompatibleColumn]) -> dict[tuple[str, str], int]:
    return {(incompatible.column, incompatible.kind): incompatible.count for incompatible in found}


ROWS: list[tuple[Any, ...]] = [
    (1, "plain", "plain", "plain", "2024-01-01 00:00:00.125"),
    (2, f"a{FACE}b", "plain", "plain", "2024-01-01 00:00:00"),
    (3, "plain", "a\0b" + " " * 260, "plain", "2024-01-01 00:00:00"),
    (4, "plain", "plain", "plain  ", "2024-01-01 00:00:00"),
    (5, "plain", "plain", "plain", "2024-01-01 00:00:00.1251"),
    (6, "plain", "ä" * 128, "plain", "2024-01-01 00:00:00"),
]
ARRIVED = [
    (1, "plain", "plain", "plain", "2024-01-01 00:00:00.125000"),
    (2, "a\ufffdb", "plain", "plain", "2024-01-01 00:00:00.000000"),
    (3, "plain", "a\0b", "plain", "2024-01-01 00:00:00.000000"),
    (4, "plain", "plain", "plain", "2024-01-01 00:00:00.000000"),
    (5, "plain", "plain", "plain", "2024-01-01 00:00:00.125000"),
]


@pytest.mark.usefixtures("way_in")
@pytest.mark.parametrize(
    ("treatments", "arriving"), [(CONVERT, ARRIVED), (REJECT, ARRIVED[:1])], ids=["convert", "keep"]
)
def test_what_is_measured_is_what_the_copy_meets(  # noqa: PLR0917
    derby: DerbySample,
    open_source: OpenSource,
    ask: Ask,
    mariadb_login: DatabaseLogin,
    treatments: Treatments,
    arriving: list[Any],
) -> None:
    derby.run(
        "CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, b VARCHAR(99), s VARCHAR(999), "
        "c VARCHAR(99), ts TIMESTAMP)"
    )
    derby.insert("t", ROWS)
    ask(
        "CREATE TABLE t (k int PRIMARY KEY, b varchar(99) CHARACTER SET utf8mb3, s tinytext, "
        "c char(9), ts datetime(3))"
    )
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login, treatments=treatments)
        # How fine a time may be is no finding of the plan's then: it is counted.
        assert not plan.findings
        found = list(measure_compatibility(plan, source))
        copy(plan, source=source, login=mariadb_login, run_id=RUN, settings=SMALL_CHUNKS)
        (verdict,) = verify(plan, source=source, login=mariadb_login, run_id=RUN)
    assert verdict.equal
    assert counted(found) == {
        ("B", "character"): 1,
        ("S", "blanks"): 1,
        ("S", "too_long"): 1,
        ("C", "blanks"): 1,
        ("TS", "nanoseconds"): 1,
    }
    (long,) = (incompatible for incompatible in found if incompatible.kind == "too_long")
    assert (long.room, long.longest) == ((255, "bytes"), 263)
    shown = "DATE_FORMAT(ts, '%Y-%m-%d %H:%i:%s.%f')"
    assert ask(f"SELECT k, b, s, c, {shown} FROM t ORDER BY k") == arriving  # noqa: S608
    rejects = {reject.key for reject in list_rejects(mariadb_login, run_id=RUN)}
    kept = {number for number, *_ in arriving}
    assert rejects == {f'["{number}"]' for number, *_ in ROWS if number not in kept}


def test_numbers_bytes_and_days_are_measured_by_the_columns_own_bounds(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run(
        "CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, ti INTEGER, u SMALLINT, w SMALLINT, "
        "b BOOLEAN, f VARCHAR(9) FOR BIT DATA, ts TIMESTAMP)"
    )
    fine = (1, 1, 1, True, b"four", "2024-01-01 00:00:00")
    spoilt = ((0, 128), (0, -129), (1, -1), (4, b"one"), (4, b"fiver"))
    rows = [fine, *((*fine[:at], value, *fine[at + 1 :]) for at, value in spoilt)]
    rows += [(*fine[:5], day) for day in ("1970-01-01 00:00:00", "2038-01-19 03:14:08")]
    derby.insert("t", [(number, *row) for number, row in enumerate(rows)])
    ask(
        "CREATE TABLE t (k int PRIMARY KEY, ti tinyint, u smallint unsigned, w mediumint, "
        "b boolean, f binary(4), ts timestamp(6) NULL)"
    )
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login, treatments=REJECT)
        found = list(measure_compatibility(plan, source))
        result = copy(plan, source=source, login=mariadb_login, run_id=RUN, settings=SMALL_CHUNKS)
    assert counted(found) == {
        ("TI", "range"): 2,
        ("U", "range"): 1,
        ("F", "too_short"): 1,
        ("F", "too_long"): 1,
        ("TS", "date"): 2,
    }
    assert result.tables[0].rows_rejected == len(rows) - 1


def test_rows_that_grow_too_long_when_escaped_are_counted(
    derby: DerbySample, open_source: OpenSource, ask: Ask, mariadb_login: DatabaseLogin
) -> None:
    derby.run("CREATE TABLE t (k INTEGER NOT NULL PRIMARY KEY, a BLOB, b CLOB)")
    long = 34 * 1024 * 1024
    rows = [(1, b"\t" * long, None), (2, None, "\\" * long), (3, b"a" * long, "b" * 1024)]
    derby.insert("t", rows)
    ask("CREATE TABLE t (k int PRIMARY KEY, a longblob, b longtext)")
    with open_source() as source:
        plan = plan_transfer(source, mariadb_login)
        assert list(measure_compatibility(plan, source, syntax=RowSyntax.PGCOPY)) == []
        (values,) = measure_compatibility(plan, source, syntax=RowSyntax.VALUES)
        (load,) = measure_compatibility(plan, source, syntax=RowSyntax.LOAD)
    assert (load.kind, load.count, values.count) == ("row", 2, 1)
    assert load.longest is not None
    assert load.longest > 2 * long
