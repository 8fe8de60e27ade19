"""The order in which tables are written: parents before the rows that refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migrations_ui.transfer.tables import TablePlan


def parents_first(
    plans: Sequence[TablePlan],
) -> tuple[tuple[TablePlan, ...], tuple[tuple[str, ...], ...]]:
    """The tables in an order that foreign keys allow, else in the given one; and the cycles.

    A cycle is cut at its first table, which then no longer waits for what comes after it: those
    are its `later` ones. A table that refers to itself is a cycle of one.
    """
    waiting = list(plans)
    ordered: list[TablePlan] = []
    cycles: list[tuple[str, ...]] = []
    while waiting:
        names = {plan.name for plan in waiting}
        ready = next((plan for plan in waiting if not names & {*plan.parents} - {plan.name}), None)
        if ready is None:
            cycle = _find_cycle(waiting)
            cycles.append(cycle)
            ready = next(plan for plan in waiting if plan.name == cycle[0])
        if ready.name in ready.parents:
            cycles.append((ready.name,))
        waiting.remove(ready)
        done = {plan.name for plan in ordered}
        parents = tuple(parent for parent in ready.parents if parent in done)
        later = tuple(parent for parent in ready.parents if parent in names)
        ordered.append(replace(ready, parents=parents, later=later))
    return tuple(ordered), tuple(cycles)


def _find_cycle(plans: Sequence[TablePlan]) -> tuple[str, ...]:
    """Every one of these tables waits for another, so walking from child to parent ends in one."""
    by_name = {plan.name: plan for plan in plans}
    walked: list[str] = []
    name = plans[0].name
    while name not in walked:
        walked.append(name)
        parents = by_name[name].parents
        name = next(each for each in parents if each in by_name and each != name)
    cycle = walked[walked.index(name) :]
    # Seen from the table that comes first in the given order.
    first = min(range(len(cycle)), key=lambda index: list(by_name).index(cycle[index]))
    return tuple(cycle[first:] + cycle[:first])
