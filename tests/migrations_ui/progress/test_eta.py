"""Rate, time left and its spread, from samples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.progress.eta import estimate, estimate_remaining
from migrations_ui.progress.index_builds import PendingIndexes
from migrations_ui.progress.samples import Sample, interval_rates, time_at_rest

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


def test_nothing_is_forecast_from_too_little_or_from_rest() -> None:
    assert estimate(samples(0, 100), rows_left=10) is None
    assert estimate(samples(100, 100, 100, 100), rows_left=10) is None


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(0, 10**10))
def test_no_samples_break_it(rows: list[int], rows_left: int) -> None:
    found = estimate(samples(*sorted(rows)), rows_left=rows_left)
    if found is not None:
        assert timedelta(0) <= found.spread <= found.remaining
    assert all(rate >= 0 for rate in interval_rates(samples(*rows)))


def recorded(
    rates: list[float], *, every: float = 1.0, resumes_at: int | None = None, rest: float = 0
) -> list[Sample]:
    """Samples of a run with these rates one after another, and a rest before one of them."""
    taken = [Sample(START, 0, resumes=True)]
    for number, rate in enumerate(rates):
        last = taken[-1]
        if number == resumes_at:
            last = Sample(last.at + timedelta(seconds=rest), last.rows, resumes=True)
            taken.append(last)
        taken.append(Sample(last.at + timedelta(seconds=every), last.rows + round(rate * every)))
    return taken


RUNS: dict[str, list[Sample]] = {
    "steady": recorded([40_000.0] * 25),
    "uneven": recorded([30_000.0, 50_000.0, 38_000.0, 42_000.0] * 7),
    "slowing as its index grows": recorded([80_000 / (1 + n / 30) for n in range(40)]),
    "throttled": recorded([20_000.0] * 50),
    "paused for an hour half-way": recorded([40_000.0] * 25, resumes_at=12, rest=3600),
    "paused in its last third": recorded([40_000.0] * 25, resumes_at=20, rest=600),
    "sampled rarely, for hours": recorded([9_000.0, 11_000.0] * 100, every=180),
}


@pytest.mark.parametrize("title", RUNS)
def test_in_the_last_third_the_end_is_within_fifteen_per_cent(title: str) -> None:
    run = RUNS[title]
    total, ended = run[-1].rows, run[-1].at
    worked = (ended - START) - time_at_rest(run)
    for number in range(2 * len(run) // 3, len(run)):
        seen, now = run[: number + 1], run[number].at
        ahead = estimate_remaining(seen, rows_total=total, now=now)
        assert ahead is not None
        true = (ended - now) - (time_at_rest(run) - time_at_rest(seen))
        assert abs(ahead.remaining - true) <= 0.15 * worked
        assert abs(ahead.remaining - true) <= ahead.spread + 0.15 * true


def test_rows_under_way_since_the_last_commit_count_as_nearly_done() -> None:
    run = recorded([100.0] * 10)
    ahead = estimate_remaining(run, rows_total=2_000, now=run[-1].at + timedelta(seconds=3))
    assert ahead is not None
    assert ahead.remaining == timedelta(seconds=7)


def test_a_cap_just_set_counts_at_once_and_a_cap_just_lifted_wants_new_samples() -> None:
    run = recorded([100.0] * 10)
    slower = estimate_remaining(run, rows_total=2_000, now=run[-1].at, cap=50)
    assert slower is not None
    assert slower.remaining == timedelta(seconds=20)
    assert estimate_remaining(run, rows_total=2_000, now=run[-1].at, since=run[-1].at) is None


def test_keys_that_are_made_after_the_rows_are_part_of_the_time_left() -> None:
    run = recorded([100.0] * 10)
    plain = estimate_remaining(run, rows_total=1_500, now=run[-1].at)
    keyed = estimate_remaining(run, rows_total=1_500, now=run[-1].at, keys=[PendingIndexes(1_500)])
    assert plain is not None
    assert keyed is not None
    assert keyed.remaining > plain.remaining
    assert keyed.spread > plain.spread


def test_what_starting_takes_does_not_count_for_the_rest() -> None:
    run = recorded([10.0, *[100.0] * 4])
    ahead = estimate_remaining(run, rows_total=1_000, now=run[-1].at)
    assert ahead is not None
    assert ahead.rows_per_second == 100


def test_rows_that_become_dearer_go_on_becoming_dearer() -> None:
    """As measured: a row costs half as much again at the end of a copy into a growing index."""
    costs = [4e-6 * (1 + number / 40) for number in range(20)]
    run = recorded([1 / cost for cost in costs], every=1)
    total, ended = run[-1].rows, run[-1].at
    for number in range(10, 20):
        ahead = estimate_remaining(run[: number + 1], rows_total=total, now=run[number].at)
        assert ahead is not None
        true = ended - run[number].at
        assert abs(ahead.remaining - true) <= 0.05 * true + timedelta(milliseconds=1)


def test_after_a_rest_no_time_is_reported_before_rows_come_in_again() -> None:
    run = recorded([100.0] * 10)
    resumed = run[-1].at + timedelta(hours=8)
    assert estimate_remaining(run, rows_total=2_000, now=resumed) is None
    run = [*run, Sample(resumed, run[-1].rows, resumes=True)]
    ahead = estimate_remaining(run, rows_total=2_000, now=resumed)
    assert ahead is not None
    assert ahead.remaining == timedelta(seconds=10)


def test_keys_being_made_are_all_that_is_left_once_the_rows_are_there() -> None:
    run = recorded([100.0] * 10)
    keys = PendingIndexes(1_000, since=run[-1].at, part=0.5)
    ahead = estimate_remaining(
        run, rows_total=1_000, now=run[-1].at + timedelta(seconds=20), keys=[keys]
    )
    assert ahead is not None
    assert ahead.remaining == timedelta(seconds=20)


def test_no_spread_is_nothing_before_the_end() -> None:
    run = recorded([100.0] * 10)
    ahead = estimate_remaining(run, rows_total=2_000, now=run[-1].at)
    assert ahead is not None
    assert timedelta() < ahead.spread <= ahead.remaining


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), min_size=1, max_size=40),
    st.integers(0, 10**10),
    st.none() | st.integers(1, 10**6),
    st.integers(0, 10**9),
    st.floats(0, 10**6),
)
def test_whatever_was_sampled_the_time_left_is_sane(
    rows: list[tuple[int, bool]], total: int, cap: int | None, keyed: int, age: float
) -> None:
    run = [
        Sample(START + timedelta(seconds=number), count, resumes)
        for number, (count, resumes) in enumerate(sorted(rows))
    ]
    now = run[-1].at + timedelta(seconds=age)
    ahead = estimate_remaining(
        run, rows_total=total, now=now, cap=cap, keys=[PendingIndexes(keyed)]
    )
    if ahead is not None:
        assert timedelta() <= ahead.spread <= ahead.remaining
