from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.lines import split_lines
from pools.gateways.parsing.console_lines import ConsoleLine, parse, parse_line, texts


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "[012345:000002-00007F] 11/22/2026 10:15:02 AM  Traveler: Server started.",
            ConsoleLine(
                "Server started.", "Traveler", "11/22/2026 10:15:02 AM", "012345:000002-00007F"
            ),
        ),
        (
            "22.11.2026 10:15:02   HTTP Server: Started",
            ConsoleLine("Started", "HTTP Server", "22.11.2026 10:15:02"),
        ),
        (
            "[1A2B:0002-7F] > tell traveler status",
            ConsoleLine("tell traveler status", "", "", "1A2B:0002-7F", echoed=True),
        ),
        ("Domino Name: CN=trav1/O=Acme", ConsoleLine("Domino Name: CN=trav1/O=Acme")),
        ("  indented", ConsoleLine("  indented")),
        ("", ConsoleLine("")),
    ],
)
def test_prefixes_are_taken_off(line: str, expected: ConsoleLine) -> None:
    assert parse_line(line) == expected


def test_lines_of_other_tasks_and_echoes_are_left_out() -> None:
    text = "> tell traveler status\n11/22/2026 10:15:02 AM  Router: mail\nTraveler: here\nfree"
    assert texts(text) == ["here", "free"]


@given(st.text())
def test_any_text_is_read_line_by_line(text: str) -> None:
    assert len(parse(text)) == len(split_lines(text))
