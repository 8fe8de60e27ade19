"""Rate, time left and its spread, from samples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.live.rate import Sample, estimate, interval_rates

START = datetime(2026, 6, 15, 12, tzinfo=UTC)


def samples(*rows: int, every: float = 1) -> list[Sample]:
    return [
        Sample(START + timedelta(seconds=number * every), count)
        for number, count in enumerate(rows)
    ]


def test_an_even_copy_has_an_exact_end() -> None:
    ahead = estimate(samples(0, 100, 200, 300), rows_left=1_000)
    assert ahead is not None
    assert ahead.rows_per_second == 100
    assert ahead.remaining == timedelta(seconds=10)
    assert ahead.spread == timedelta(0)


def test_an_uneven_copy_has_a_wider_spread() -> None:
    calm = estimate(samples(0, 90, 200, 300), rows_left=1_000)
    rough = estimate(samples(0, 10, 290, 300), rows_left=1_000)
    assert calm is not None
    assert rough is not None
    assert calm.remaining == rough.remaining
    assert timedelta(0) < calm.spread < rough.spread <= rough.remaining


def test_the_last_half_minute_counts() -> None:
    slow_start = samples(*range(0, 600, 10))
    fast = [
        Sample(START + timedelta(seconds=60 + number), 600 + 1_000 * number) for number in range(60)
    ]
    ahead = estimate([*slow_start, *fast], rows_left=1_000)
    assert ahead is not None
    assert ahead.rows_per_second == 1_000


def test_nothing_is_foretold_from_too_little_or_from_rest() -> None:
    assert estimate(samples(0, 100), rows_left=10) is None
    assert estimate(samples(100, 100, 100, 100), rows_left=10) is None


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(0, 10**10))
def test_no_samples_break_it(rows: list[int], rows_left: int) -> None:
    found = estimate(samples(*sorted(rows)), rows_left=rows_left)
    if found is not None:
        assert timedelta(0) <= found.spread <= found.remaining
    assert all(rate >= 0 for rate in interval_rates(samples(*rows)))
