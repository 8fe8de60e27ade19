"""Which indexes refuse the longest values, by what was measured."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines.sqlserver.obstacles import read_index_limits
from migrations_ui.transfer.obstacles import NameLimit, gathered
from migrations_ui.transfer.plan.index_limits import refused_by_index
from migrations_ui.transfer.tables import MeasuredColumn
from tests.migrations_ui.transfer.engines.sample import plan

T = plan("t", {"a": "varchar:2000:nul:units", "b": "bytea:1000", "n": "int4"}, key=("n",))


@pytest.mark.parametrize(
    ("characters", "size", "blocks"),
    [(400, 100, []), (400, 101, [False]), (451, 0, [True]), (10, 901, [True])],
)
def test_sql_server_refuses_for_certain_what_is_too_long_alone(
    characters: int, size: int, blocks: list[bool]
) -> None:
    limits = read_index_limits(
        [("t", "ix", "a", 900), ("t", "ix", "b", 900), ("t", "ix", "n", 900)]
    )
    measured = {
        "a": (T.columns[0], MeasuredColumn("a", characters, characters * 3, ())),
        "b": (T.columns[1], MeasuredColumn("b", size, size, ())),
    }
    found = list(refused_by_index(T, limits["t"], measured))
    assert [finding.blocks for finding in found] == blocks


def test_names_are_cut_between_characters() -> None:
    assert NameLimit(5, "bytes").cut("näme_") == "näme"
    assert NameLimit(5, "characters").cut("näme_long") == "näme_"


def test_what_catalogues_tell_row_by_row_is_one_problem_a_kind() -> None:
    rows = [
        ("t", "right", "INSERT"),
        ("t", "right", "DELETE"),
        ("v", "V", ""),
        ("t", "trigger", "g"),
    ]
    rows.append(("r", "is in a filegroup that is read-only", "Open it."))
    found = gathered(rows, "lnt", {"V": "a view"})
    assert found["t"][0].problem.startswith("lnt lacks INSERT, DELETE on t")
    assert [each.blocks for each in found["t"]] == [True, False]
    assert found["v"][0].problem.startswith("v is a view")
    assert (found["r"][0].problem, found["r"][0].remedy) == (
        *("r is in a filegroup that is read-only.", "Open it."),
    )
