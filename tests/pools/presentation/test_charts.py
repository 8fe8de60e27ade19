"""Coordinates of a chart: what is drawn, what is joined, and which scale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pools.presentation.charts import (
    IndexChart,
    averaged,
    averaged_over_servers,
    index_chart,
    time_marks,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WIDTH, HEIGHT = 300, 100


def chart(*values: tuple[int, int]) -> IndexChart:
    """Of (minutes after noon, index)."""
    samples = [(NOON + minute * MINUTE, value) for minute, value in values]
    until = NOON + 60 * MINUTE
    return index_chart(samples, since=NOON, until=until, width=WIDTH, height=HEIGHT, gap=5 * MINUTE)


def test_the_best_is_on_top_and_zero_at_the_bottom() -> None:
    assert chart((0, 100), (5, 0)).line == "M0.0 0.0 L25.0 100.0"


def test_a_gap_in_time_is_a_gap_in_the_line() -> None:
    assert chart((0, 50), (30, 50)).line == "M0.0 50.0 M150.0 50.0"


def test_the_scale_reaches_down_only_as_far_as_it_must() -> None:
    assert [tick.label for tick in chart((0, 90)).ticks] == [100, 50, 0]
    assert [tick.label for tick in chart((0, -12)).ticks] == [100, 50, 0, -100]
    assert [tick.label for tick in chart((0, -200)).ticks] == [100, 50, 0, -100, -200]


def test_nothing_sampled_draws_nothing() -> None:
    assert (chart().line, chart().lowest, chart().highest) == ("", None, None)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(-200, 100)), max_size=40))
def test_every_point_stays_in_the_box(values: list[tuple[int, int]]) -> None:
    drawn = chart(*sorted(values)).line.replace("M", "").replace("L", "").split()
    numbers = [float(number) for number in drawn]

    assert all(0 <= x <= WIDTH for x in numbers[::2])
    assert all(0 <= y <= HEIGHT for y in numbers[1::2])


def test_samples_of_one_interval_become_their_mean() -> None:
    samples = [(NOON, 10), (NOON + MINUTE, 30), (NOON + 2 * MINUTE, 50)]

    assert averaged(samples, every=2 * MINUTE) == [(NOON, 20), (NOON + 2 * MINUTE, 50)]


def test_times_stand_under_the_chart_and_days_under_a_long_one() -> None:
    hour = time_marks(since=NOON, until=NOON + 60 * MINUTE, width=WIDTH)
    week = time_marks(since=NOON, until=NOON + timedelta(days=7), width=WIDTH)

    assert [mark.label for mark in hour] == ["12:00", "12:15", "12:30", "12:45", "13:00"]
    assert week[0].label == "Sun 22"
    assert [mark.anchor for mark in hour] == ["start", "middle", "middle", "middle", "end"]


def test_a_pools_mean_leaves_drained_servers_out() -> None:
    samples = [(NOON, 80), (NOON, -200), (NOON + 2 * MINUTE, -200), (NOON + 4 * MINUTE, 60)]
    assert averaged_over_servers(samples, every=2 * MINUTE) == [
        (NOON, 80),
        (NOON + 4 * MINUTE, 60),
    ]
