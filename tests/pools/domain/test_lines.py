from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pools.domain.lines import split_lines


def test_only_cr_and_lf_end_a_line() -> None:
    assert split_lines("a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g") == [
        "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"
    ]
    assert split_lines("a\r\nb\rc\n\nd\n") == ["a", "b", "c", "", "d"]
    assert split_lines("") == []


@given(st.text(alphabet="ab \t\r\n"))
def test_where_python_agrees_the_lines_are_pythons(text: str) -> None:
    assert split_lines(text) == text.splitlines()
