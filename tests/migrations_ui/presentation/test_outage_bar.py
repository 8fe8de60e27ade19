"""The bar of an outage."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.presentation.outage_bar import NARROWEST, WIDTH, draw_bar
from migrations_ui.progress.outage_clock import StepShare

SPANS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=3))
SHARES = st.builds(
    StepShare,
    label=st.just("Copy"),
    taken=SPANS,
    expected=st.none() | SPANS,
    has_ended=st.booleans(),
    waits_for_person=st.booleans(),
)


@given(st.lists(SHARES, min_size=1, max_size=14))
def test_the_steps_fill_the_bar_and_none_is_too_narrow_to_be_seen(shares: list[StepShare]) -> None:
    bar = draw_bar(shares)
    assert [part.x for part in bar] == [sum(p.width for p in bar[:n]) for n in range(len(bar))]
    assert all(part.width >= NARROWEST and 0 <= part.filled <= part.width for part in bar)
    assert sum(part.width for part in bar) <= WIDTH + len(bar)


def test_a_step_is_filled_as_far_as_it_has_come() -> None:
    half = StepShare("Copy", timedelta(seconds=30), timedelta(seconds=60), False, False)
    (part,) = draw_bar([half])
    assert part.filled * 2 == part.width == WIDTH
