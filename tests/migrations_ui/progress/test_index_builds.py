"""What making keys still takes: assumed at first, then as the database tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.progress.index_builds import ASSUMED_PART, MANY, PendingIndexes

BEGAN = datetime(2026, 6, 15, 12, tzinfo=UTC)
ROWS, SPEED = 1_000_000, 100_000
ASSUMED = timedelta(seconds=10 * ASSUMED_PART)


def left_after(seconds: float, part: float) -> timedelta:
    keys = PendingIndexes(ROWS, BEGAN, part)
    return keys.left(SPEED, cap=None, now=BEGAN + timedelta(seconds=seconds)).remaining


def test_unasked_the_assumed_time_runs_down() -> None:
    assert PendingIndexes(ROWS).assumed(SPEED, cap=None) == ASSUMED
    assert left_after(0, 0) == ASSUMED
    assert left_after(2, 0) == ASSUMED - timedelta(seconds=2)


def test_a_cap_on_rows_holds_no_key_up() -> None:
    assert PendingIndexes(ROWS).assumed(1_000, cap=1_000) < timedelta(seconds=10)


def test_many_rows_are_sorted_by_way_of_the_disk() -> None:
    few, many = PendingIndexes(MANY - 1), PendingIndexes(MANY)
    assert many.assumed(SPEED, cap=None) > 1.5 * few.assumed(SPEED, cap=None)


def test_slower_than_assumed_is_believed_once_the_assumed_time_is_over() -> None:
    assert left_after(5, 0.5) < timedelta(seconds=5)
    assert left_after(10, 0.25) == timedelta(seconds=30)


def test_quicker_than_assumed_is_believed_by_and_by() -> None:
    half, nearly = left_after(1, 0.5), left_after(1.8, 0.9)
    assert timedelta(seconds=1) < half < ASSUMED - timedelta(seconds=1)
    assert timedelta(seconds=0.2) < nearly < timedelta(seconds=1)


@given(st.floats(0, 10**6), st.floats(0, 0.99))
def test_whatever_is_given_the_time_left_is_sane(seconds: float, part: float) -> None:
    left = PendingIndexes(ROWS, BEGAN, part).left(
        SPEED, cap=None, now=BEGAN + timedelta(seconds=seconds)
    )
    assert timedelta() <= left.spread <= left.remaining
