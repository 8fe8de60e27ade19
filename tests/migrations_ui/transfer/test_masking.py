"""What of values is shown: not what people wrote, and still how long it is and where it differs."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrations_ui.transfer.display_values import pairs
from migrations_ui.transfer.masking import PREVIEW_LENGTH, Masking, hidden_pair
from migrations_ui.transfer.tables import ColumnPlan, SourceTable, TablePlan

FORMS = {"k": "varchar:9!", "a": "varchar:50", "b": "bytea", "n": "int4", "at": "timestamp:6"}
COLUMNS = tuple(ColumnPlan(name.upper(), name, "", form) for name, form in FORMS.items())
SOURCE = SourceTable("APP", "T", 1, ("K",), ())
KEYED = TablePlan(SOURCE, "t", COLUMNS, ("k",))
KEYLESS = TablePlan(SOURCE, "t", COLUMNS, ())


def test_without_anything_known_of_a_table_text_and_bytes_beside_the_key_are_hidden() -> None:
    hidden = [each.target for each in COLUMNS if Masking().hides_column(KEYED, each)]
    assert hidden == ["a", "b"]
    assert not Masking({"t": {"a"}}).hides("T", "A", "varchar:50", in_key=False)


@pytest.mark.parametrize(
    ("column", "text", "shown"),
    [
        ("A", "secret", "(hidden: 6 characters)"),
        ("A", "x", "(hidden: 1 character)"),
        ("A", "x" * PREVIEW_LENGTH, "(hidden: 80 characters or more)"),
        ("A", "", ""),
        ("B", "c0ffee", "(hidden: 3 bytes)"),
        ("K", "key is too long", "key is too long"),
        ("N", "1099511627776", "1099511627776"),
    ],
)
def test_a_value_that_does_not_fit_is_reported_by_its_length(
    column: str, text: str, shown: str
) -> None:
    assert Masking().preview(KEYED, column, text) == shown


def test_two_sides_tell_how_long_they_are_and_where_they_differ() -> None:
    pool = ("k", "Salary of Ann", b"abc", 1, None)
    server = ("k", "Salary of Ben!", None, 2, None)
    reported = pairs(KEYED, pool, server, Masking())
    assert [(each.column, each.pool, each.server) for each in reported] == [
        (
            "a",
            "(hidden: 13 characters; they differ from character 11 on)",
            "(hidden: 14 characters; they differ from character 11 on)",
        ),
        ("b", "(hidden: 3 bytes)", None),
        ("n", "1", "2"),
    ]
    plain = pairs(KEYED, pool, server, Masking({"t": {"a"}}))
    assert (plain[0].pool, plain[0].server) == pool[1:2] + server[1:2]


@given(same=st.text(), ends=st.tuples(st.text(), st.text()))
def test_where_two_values_differ_is_found_and_nothing_of_them_reported(
    same: str, ends: tuple[str, str]
) -> None:
    one, other = same + ends[0], same + ends[1]
    assume(one != other)
    first = next(at for at in range(len(one) + 1) if one[: at + 1] != other[: at + 1]) + 1
    for side, value in zip(hidden_pair(one, other), (one, other), strict=True):
        unit = "character" if len(value) == 1 else "characters"
        where = f"they differ from character {first:,} on"
        assert side == f"(hidden: {len(value):,} {unit}; {where})"


def test_a_row_without_key_is_reported_by_none_of_its_values() -> None:
    assert Masking().whole_row(KEYLESS, "(1)") == (
        "(hidden: a row without key, 3 of 5 columns private)"
    )
    numbers = TablePlan(SOURCE, "t", COLUMNS[3:], ())
    assert Masking().whole_row(numbers, "[1]") == "[1]"
