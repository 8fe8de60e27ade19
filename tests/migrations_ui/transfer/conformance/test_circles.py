"""Tables that refer to each other in a circle, on every engine: none can be first."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from migrations_ui.transfer.errors import PlanBlocked
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.undo.rollback import run_is_known
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conformance.references import (
    ALONE,
    BESIDE,
    rolled_back,
    verified,
)
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

A = "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, b INTEGER)"
B = "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a INTEGER)"
TO_B = "ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b (id)"
TO_A = "ALTER TABLE b ADD CONSTRAINT to_a FOREIGN KEY (a) REFERENCES a (id)"


@pytest.fixture
def circle(derby: DerbySample, related: Bench) -> Iterator[Bench]:
    derby.run(A, B)
    derby.insert("a", [(n, n) for n in range(50)])
    derby.insert("b", [(n, n) for n in range(50)])
    for statement in (A, B, TO_B, TO_A):
        related.run(statement)
    yield related
    word = "FOREIGN KEY" if related.login.engine == "mysql" else "CONSTRAINT"
    related.run(f"ALTER TABLE a DROP {word} to_b")


def in_circle(bench: Bench) -> list[bool]:
    """Whether the database itself refuses a row of each that refers to nothing."""
    refused = []
    for table in ("a", "b"):
        with contextlib.suppress(Exception):
            bench.run(f"INSERT INTO {table} VALUES (-1, -1)")  # noqa: S608
        refused.append(bench.value(f"SELECT COUNT(*) FROM {table} WHERE id = -1") == 0)  # noqa: S608
    return refused


def test_tables_in_a_circle_arrive_and_go(open_source: OpenSource, circle: Bench) -> None:
    with open_source() as source:
        plan = plan_transfer(source, circle.login)
        assert not plan.blocked
        assert "a → b → a" in plan.findings[0].problem.casefold()
        run_copy(source, circle.login, settings=ALONE)
        assert in_circle(circle) == [True, True]
        assert verified(source, circle)
        removed = rolled_back(source, circle)
        assert [each.rows_removed for each in removed] == [50, 50]
        assert in_circle(circle) == [True, True]
        assert not run_is_known(circle.login, run_id=RUN)


def test_a_circle_beside_others_is_reported_before_and_refused(
    open_source: OpenSource, circle: Bench
) -> None:
    with open_source() as source:
        plan = plan_transfer(source, circle.login, alone=False)
        if circle.login.engine == "mysql":
            run_copy(source, circle.login, settings=BESIDE)
            assert verified(source, circle)
        else:
            assert plan.blocked
            assert "other servers use these tables" in plan.findings[0].problem
            with pytest.raises(PlanBlocked, match="refer to each other"):
                run_copy(source, circle.login, settings=BESIDE)
            assert circle.value("SELECT COUNT(*) FROM a") == 0
    assert in_circle(circle) == [True, True]
