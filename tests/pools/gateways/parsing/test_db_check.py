from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.db_check import parse


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("The database configuration is valid.", True),
        ("Check completed successfully with 0 errors.", True),
        ("Connection OK", True),
        ("The configuration is not valid.", False),
        ("Connecting...\nSQLCODE=-4214, SQLSTATE=28000", False),
        ("Unable to connect: connection refused", False),
        ("Validation successful.\nError: schema too old", False),
        ("The check was not successful", False),
        ("Hello", None),
        ("", None),
    ],
)
def test_the_verdict_goes_by_common_words(text: str, passed: bool | None) -> None:
    assert parse(text).passed is passed


def test_complaints_and_unread_lines_are_kept_apart() -> None:
    read = parse("Checking\nError: no such database")
    assert read.complaints == ("Error: no such database",)
    assert read.unread == ("Checking",)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse(text)
