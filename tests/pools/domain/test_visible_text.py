from __future__ import annotations

import pytest

from pools.domain.visible_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07"),
        ("one\ntwo\r\n", r"one\ntwo\r\n"),
        ("a\x00b\x7fc\x9b31m", r"a\x00b\x7fc\x9b31m"),
        ("gpj.\u202eexe\u2028", r"gpj.\u202eexe\u2028"),
        ("half \ud800", r"half \ud800"),
        ("Zoë, 日本, 👍, C:\\Notes", "Zoë, 日本, 👍, C:\\Notes"),
    ],
)
def test_what_does_not_show_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
