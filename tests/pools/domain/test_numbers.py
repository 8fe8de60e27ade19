from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pools.domain.numbers import LARGEST, read_number


@given(st.text())
def test_whatever_is_written_becomes_a_number_that_a_column_holds(text: str) -> None:
    assert 0 <= read_number(text) <= LARGEST


@given(st.integers(min_value=0, max_value=4 * LARGEST))
def test_a_number_is_read_or_cut_to_the_largest(number: int) -> None:
    assert read_number(str(number)) == min(number, LARGEST)


def test_thousands_of_digits_are_no_failure() -> None:
    assert read_number("9" * 5000) == LARGEST


def test_what_is_no_number_is_none() -> None:
    assert [read_number(text) for text in ("", "-1", "x", "1.5", "7")] == [0, 0, 0, 0, 7]
