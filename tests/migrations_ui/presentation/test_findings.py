from __future__ import annotations

import pytest

from migrations_ui.models import Finding
from migrations_ui.presentation.findings import grouped, verdict
from migrations_ui.states import Outcome
from tests.migrations_ui.factories import FindingFactory


def finding(group: str, outcome: Outcome, title: str = "") -> Finding:
    built: Finding = FindingFactory.build(group=group, outcome=outcome, title=title, migration=None)
    return built


def test_blockers_come_first_among_groups_and_inside_them() -> None:
    groups = grouped(
        [
            finding("server", Outcome.PASSED),
            finding("server", Outcome.WARNING),
            finding("database", Outcome.PASSED, "first"),
            finding("database", Outcome.BLOCKER, "second"),
        ]
    )
    assert [group.title for group in groups] == ["The pool’s database", "The server"]
    assert [line.title for line in groups[0].findings] == ["second", "first"]


@pytest.mark.parametrize(
    ("outcomes", "shape", "text"),
    [
        ([Outcome.PASSED], "good", "Ready"),
        ([Outcome.PASSED, Outcome.WARNING], "warn", "Ready, with 1 warning to read"),
        ([Outcome.WARNING, Outcome.BLOCKER], "bad", "Blocked: 1 problem"),
        ([Outcome.BLOCKER] * 2, "bad", "Blocked: 2 problems"),
    ],
)
def test_the_report_in_one_line(outcomes: list[Outcome], shape: str, text: str) -> None:
    said = verdict([finding("server", outcome) for outcome in outcomes])
    assert (said.shape, said.text) == (shape, text)


def test_checking_again_is_offered_where_it_could_find_otherwise() -> None:
    standing = FindingFactory.build(
        check_id="db_supported", outcome=Outcome.WARNING, migration=None
    )
    assert [group.may_change for group in grouped([standing])] == [False]
    assert [group.may_change for group in grouped([finding("server", Outcome.PASSED)])] == [False]
    purged = [finding("pool", Outcome.WARNING), finding("network", Outcome.BLOCKER)]
    assert [group.may_change for group in grouped(purged)] == [True, True]
