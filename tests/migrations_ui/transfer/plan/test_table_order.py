"""Parents before children, whatever the tables; circles are named and cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.transfer.plan.table_order import parents_first
from migrations_ui.transfer.tables import SourceTable, TablePlan

NAMES = "abcdefg"


def plan_of(name: str, *parents: str) -> TablePlan:
    return TablePlan(SourceTable("APP", name, 1, (), ()), name, (), (), parents)


def test_order_is_kept_where_nothing_stands_against_it() -> None:
    plans = [plan_of("big"), plan_of("child", "small"), plan_of("small")]
    ordered, cycles = parents_first(plans)
    assert [plan.name for plan in ordered] == ["big", "small", "child"]
    assert cycles == ()


def test_a_circle_is_distinguished_from_its_first_table() -> None:
    plans = [plan_of("x"), plan_of("b", "c"), plan_of("a", "b"), plan_of("c", "a")]
    ordered, cycles = parents_first(plans)
    assert cycles == (("b", "c", "a"),)
    assert {plan.name for plan in ordered} == {"x", "a", "b", "c"}


def test_what_the_first_of_a_circle_refers_to_comes_later() -> None:
    plans = [plan_of("b", "c", "x"), plan_of("c", "b", "c"), plan_of("x")]
    ordered, cycles = parents_first(plans)
    found = {plan.name: (plan.parents, plan.later) for plan in ordered}
    assert found == {"x": ((), ()), "b": (("x",), ("c",)), "c": (("b",), ("c",))}
    assert cycles == (("b", "c"), ("c",))


def test_a_parent_that_is_not_copied_is_not_waited_for() -> None:
    ordered, cycles = parents_first([plan_of("a", "elsewhere")])
    assert ordered[0].parents == ()
    assert cycles == ()


@given(
    st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
    )
)
def test_every_table_comes_once_and_waits_only_for_what_came_before(
    parents: dict[str, list[str]],
) -> None:
    ordered, cycles = parents_first([plan_of(name, *above) for name, above in parents.items()])
    assert sorted(plan.name for plan in ordered) == sorted(parents)
    done: set[str] = set()
    for plan in ordered:
        assert set(plan.parents) <= done
        assert set(plan.later) == set(parents[plan.name]) & set(parents) - done
        done.add(plan.name)
    if not cycles:
        for plan in ordered:
            assert set(plan.parents) == set(parents[plan.name]) & set(parents)
