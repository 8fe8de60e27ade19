"""Keys as people read them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.presentation.row_keys import key_words


def test_the_values_stand_one_after_another() -> None:
    assert key_words('["CN=Anna/O=Acme", "ApplD535", 7]') == "CN=Anna/O=Acme · ApplD535 · 7"


@pytest.mark.parametrize("text", ["", '["CN=Anna/O=Ac', "(hidden: a row without key)", "7", '"a"'])
def test_what_is_no_array_stays_as_it_is(text: str) -> None:
    assert key_words(text) == text


@given(st.lists(st.text() | st.integers(), min_size=1))
def test_no_value_is_left_out(values: list[str | int]) -> None:
    said = key_words(json.dumps(values))
    assert all(str(value) in said for value in values)
