"""Matching the two sides: what is planned, and what is found not to fit."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines.key_deferral import KeyDeferral
from migrations_ui.transfer.plan.planner import Circles, PlanFinding, TransferPlan, match_tables
from migrations_ui.transfer.tables import (
    ForeignKey,
    SourceColumn,
    SourceTable,
    TargetColumn,
    TargetTable,
)


def source_column(name: str, kind: str = "VARCHAR") -> SourceColumn:
    return SourceColumn(name, kind, 10, 0, nullable=False, identity=False)


def source_table(name: str, rows: int = 1, *columns: SourceColumn) -> SourceTable:
    members = columns or (source_column("A"),)
    return SourceTable("APP", name, rows, (members[0].name,), members)


def target_column(
    name: str, form: str = "varchar:10", *, nullable: bool = True, fills_itself: bool = False
) -> TargetColumn:
    return TargetColumn(name, form, form, nullable, fills_itself)


def target_table(name: str, *columns: TargetColumn) -> TargetTable:
    return TargetTable(name, columns or (target_column("a"),))


def problems(plan: TransferPlan) -> list[tuple[str, str, bool]]:
    return [(finding.table, finding.column, finding.blocks) for finding in plan.findings]


def test_names_meet_whatever_their_case_and_the_exact_one_first() -> None:
    plan = match_tables(
        [source_table("USERS"), source_table("Mixed")],
        [target_table("users"), target_table("mixed"), target_table("Mixed")],
    )
    assert {table.source.name: table.name for table in plan.tables} == {
        "USERS": "users",
        "Mixed": "Mixed",
    }
    assert plan.tables[0].key == ("a",)
    assert not plan.findings


def test_biggest_table_goes_first() -> None:
    tables = [source_table("A", 5), source_table("B", 50), source_table("C", 500)]
    plan = match_tables(tables, [target_table(name) for name in "abc"])
    assert [table.row_count for table in plan.tables] == [500, 50, 5]
    assert plan.row_count == 555


def test_a_missing_table_blocks_only_if_it_has_rows() -> None:
    plan = match_tables([source_table("FULL", 3), source_table("EMPTY", 0)], [])
    assert problems(plan) == [("FULL", "", True), ("EMPTY", "", False)]
    assert plan.blocked


def test_a_missing_column_blocks() -> None:
    table = source_table("T", 1, source_column("A"), source_column("B"))
    plan = match_tables([table], [target_table("t")])
    assert problems(plan) == [("T", "B", True)]


def test_a_type_that_cannot_be_written_blocks() -> None:
    table = source_table("T", 1, source_column("A"), source_column("B", "INTEGER"))
    plan = match_tables([table], [target_table("t", target_column("a"), target_column("b"))])
    assert problems(plan) == [("T", "B", True)]
    assert plan.tables[0].column_names == ("a",)


def test_a_required_column_that_nothing_fills_blocks() -> None:
    columns = (
        target_column("a"),
        target_column("serial", "int8", nullable=False, fills_itself=True),
        target_column("wanted", nullable=False),
    )
    plan = match_tables([source_table("T")], [target_table("t", *columns)])
    assert problems(plan) == [("T", "wanted", True)]


def test_two_tables_cannot_go_to_one() -> None:
    plan = match_tables([source_table("T"), source_table("t")], [target_table("t")])
    assert problems(plan) == [("t", "", True)]


def test_a_table_without_key_is_a_finding_that_does_not_block() -> None:
    keyless = SourceTable("APP", "T", 1, (), (source_column("A"),))
    plan = match_tables([keyless], [target_table("t")])
    assert plan.findings == (
        PlanFinding("T", "", "No key: rows are copied and compared as a whole.", blocks=False),
    )


def test_a_form_says_when_null_is_refused() -> None:
    plan = match_tables(
        [source_table("T")], [target_table("t", target_column("a", nullable=False))]
    )
    assert plan.tables[0].columns[0].form == "varchar:10!"


def test_no_name_is_given_what_another_one_means() -> None:
    plan = match_tables(
        [source_table("MIXED", 9), source_table("Mixed", 1)],
        [target_table("Mixed"), target_table("mixed")],
    )
    assert {table.source.name: table.name for table in plan.tables} == {
        "MIXED": "mixed",
        "Mixed": "Mixed",
    }
    assert not plan.findings


def test_two_columns_cannot_go_to_one() -> None:
    table = source_table("T", 1, source_column("a"), source_column("A"))
    plan = match_tables([table], [target_table("t", target_column("a"))])
    assert problems(plan) == [("T", "A", True)]
    assert plan.tables[0].column_names == ("a",)


def test_what_derby_computes_may_be_missing() -> None:
    computed = SourceColumn("B", "INTEGER", 10, 0, True, identity=False, generated=True)
    table = source_table("T", 1, source_column("A"), computed)
    plan = match_tables([table], [target_table("t")])
    assert problems(plan) == [("T", "B", False)]


def test_a_table_that_takes_no_rows_blocks_only_if_there_are_some() -> None:
    tables = [source_table("FULL", 3), source_table("EMPTY", 0)]
    column = (target_column("a"),)
    plan = match_tables(
        tables, [TargetTable(name, column, problem="No.") for name in ("full", "empty")]
    )
    assert problems(plan) == [("FULL", "", True), ("EMPTY", "", False)]
    assert {finding.problem for finding in plan.findings} == {"No."}


def test_how_fine_a_time_may_be_is_reported_here_only_if_it_is_not_measured() -> None:
    columns = [source_column(name, "TIMESTAMP") for name in "ABC"]
    forms = ("timestamp:0:unix", "timestamp:1000-01-01:9999-12-31", "timestamp")
    target = target_table("t", *(target_column(n, f) for n, f in zip("abc", forms, strict=True)))
    plan = match_tables([source_table("T", 1, *columns)], [target])
    assert problems(plan) == [("T", "A", False)]
    assert not match_tables([source_table("T", 1, *columns)], [target], treatments={}).findings


UP = ForeignKey("up", "t", ("a",), "t", ("a",))
HELD = ForeignKey("up", "t", ("a",), "t", ("a",), "the login does not own it")


@pytest.mark.parametrize(
    ("circles", "said"),
    [
        (None, "no order of writing is right."),
        (Circles((UP,), KeyDeferral.NEVER), "no order of writing is right."),
        (
            Circles((UP,), KeyDeferral.DROPPED, alone=False, by_statement=False),
            "dropped while rows go in, and other servers use these tables meanwhile.",
        ),
        (Circles((HELD,), KeyDeferral.DROPPED, by_statement=False), "the login does not own it."),
    ],
    ids=["not asked", "the engine's own way is none", "beside others", "not the login's"],
)
def test_a_table_that_refers_to_itself_blocks_where_nothing_can_be_done(
    circles: Circles | None, said: str
) -> None:
    target = TargetTable("t", (target_column("a"),), parents=("t",))
    plan = match_tables([source_table("T")], [target], circles=circles)
    assert plan.blocked
    assert plan.findings[0].problem.endswith(said)
    assert not match_tables([source_table("T", 0)], [target], circles=circles).blocked


@pytest.mark.parametrize(
    ("circles", "said"),
    [
        (Circles((UP,), KeyDeferral.DROPPED), "Its foreign key up is dropped while rows go in"),
        (Circles((UP,), KeyDeferral.DROPPED, alone=False), "Its foreign key up is kept"),
        (Circles((HELD,), KeyDeferral.DROPPED), "Its foreign key up is kept"),
        (Circles((UP,), KeyDeferral.UNCHECKED, alone=False), "Its foreign key up is not checked"),
        (
            Circles((UP,), KeyDeferral.DISABLED),
            "Its foreign key up is switched off while rows go in",
        ),
        (Circles((UP,), KeyDeferral.DISABLED, alone=False), "Its foreign key up is kept"),
        (Circles((UP,), KeyDeferral.DROPPED, by_statement=False), "Its foreign key up is dropped"),
    ],
)
def test_what_is_put_aside_is_reported_and_does_not_block(circles: Circles, said: str) -> None:
    target = TargetTable("t", (target_column("a"),), parents=("t",))
    plan = match_tables([source_table("T")], [target], circles=circles)
    assert not plan.blocked
    assert said in plan.findings[0].problem
    assert plan.tables[0].later == ("t",)


@pytest.mark.parametrize(
    ("kept", "alone", "said"),
    [
        ("", True, ""),
        ("the login does not own it", True, "to_u cannot be deferred: the login does not own it."),
        ("", False, "to_u cannot be deferred: it would have to be dropped"),
    ],
    ids=["the login's own", "not the login's", "beside others"],
)
def test_a_circle_blocks_where_nothing_can_be_dropped(kept: str, alone: bool, said: str) -> None:
    targets = [
        TargetTable(name, (target_column("a"),), parents=(other,))
        for name, other in (("t", "u"), ("u", "t"))
    ]
    circles = Circles(
        (ForeignKey("to_u", "t", ("a",), "u", ("a",), kept),), KeyDeferral.DROPPED, alone
    )
    plan = match_tables([source_table("T"), source_table("U")], targets, circles=circles)
    assert plan.blocked is bool(said)
    assert said in plan.findings[0].problem
