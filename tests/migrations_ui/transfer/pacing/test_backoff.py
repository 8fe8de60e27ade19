"""When the copy holds itself back, and that it never does so for ever."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.transfer.pacing.backoff import (
    ACCEPTED_AFTER,
    FEWEST_QUIET,
    IN_A_ROW,
    LONGEST_PAUSE,
    PAUSES,
    Backoff,
)

QUIET, NEITHER, SLOW = 0.2, 0.4, 1.0
TOP = len(PAUSES) - 1

seconds = st.floats(min_value=0, max_value=3600, allow_nan=False)
kinds = st.integers(0, 2)


def after(backoff: Backoff, times: Iterable[float], *, kind: int = 0) -> Backoff:
    for each in times:
        backoff = backoff.after_chunk(kind, each)
    return backoff


LEARNT = after(Backoff(), [QUIET] * FEWEST_QUIET)


def test_a_run_of_slow_chunks_slows_the_copy_and_a_single_one_does_not() -> None:
    assert after(LEARNT, [SLOW] * (IN_A_ROW - 1)).level == 0
    assert after(LEARNT, [SLOW, SLOW, QUIET] * 5).level == 0
    slowed = after(LEARNT, [SLOW] * IN_A_ROW)
    assert slowed.level == 1
    assert round(slowed.times) == 5
    assert slowed.pause == PAUSES[1]


def test_it_pauses_longer_the_longer_it_is_slow() -> None:
    assert after(LEARNT, [SLOW] * (IN_A_ROW * TOP)).pause == LONGEST_PAUSE
    assert after(LEARNT, [SLOW] * (IN_A_ROW * TOP + IN_A_ROW)).pause == LONGEST_PAUSE


def test_calm_chunks_bring_it_back_to_full_speed() -> None:
    slowed = after(LEARNT, [SLOW] * (IN_A_ROW * 2))
    assert after(slowed, [QUIET] * (IN_A_ROW * 2)).level == 0


def test_between_the_limits_nothing_changes() -> None:
    slowed = after(LEARNT, [SLOW] * IN_A_ROW)
    assert after(slowed, [NEITHER] * 10).level == 1
    assert after(LEARNT, [NEITHER] * 10).level == 0


def test_what_is_slow_does_not_become_the_measure_while_it_is_held_back() -> None:
    slowed = after(LEARNT, [SLOW] * (IN_A_ROW + 8))
    assert slowed.quiet == LEARNT.quiet


def test_a_database_that_stays_slow_is_taken_as_it_is() -> None:
    slowed = after(LEARNT, [SLOW] * IN_A_ROW)
    for _ in range(ACCEPTED_AFTER):
        slowed = slowed.after_chunk(0, SLOW)
        if slowed.accepted:
            break
    assert slowed.accepted
    assert slowed.level == 0
    assert after(slowed, [SLOW] * 100).level == 0


def test_tables_and_sizes_are_measured_each_for_itself() -> None:
    assert after(LEARNT, [SLOW] * 50, kind=1).level == 0


def test_milliseconds_are_noise() -> None:
    fast = after(Backoff(), [0.001] * FEWEST_QUIET)
    assert after(fast, [0.04] * 50).level == 0


@given(st.lists(st.tuples(kinds, seconds), max_size=300))
def test_no_series_pauses_longer_than_stated(chunks: list[tuple[int, float]]) -> None:
    backoff = Backoff()
    for kind, each in chunks:
        backoff = backoff.after_chunk(kind, each)
        assert 0 <= backoff.pause <= LONGEST_PAUSE


@given(st.lists(st.tuples(kinds, seconds), max_size=200), st.lists(seconds, min_size=1))
def test_after_any_past_full_speed_comes_back_within_a_bounded_number_of_chunks(
    past: list[tuple[int, float]], pattern: list[float]
) -> None:
    backoff = Backoff()
    for kind, each in past:
        backoff = backoff.after_chunk(kind, each)
    for each in itertools.islice(itertools.cycle(pattern), ACCEPTED_AFTER):
        if backoff.level == 0:
            return
        backoff = backoff.after_chunk(0, each)
    assert backoff.level == 0


@given(st.lists(st.tuples(kinds, seconds), max_size=200))
def test_a_quiet_database_is_copied_into_at_full_speed_soon(past: list[tuple[int, float]]) -> None:
    backoff = Backoff()
    for kind, each in past:
        backoff = backoff.after_chunk(kind, each)
    assert after(backoff, [0.0] * (IN_A_ROW * TOP + FEWEST_QUIET)).level == 0
