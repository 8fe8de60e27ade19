from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.lines import split_lines
from pools.gateways.parsing.console_lines import (
    ConsoleLine,
    of_the_answer,
    parse,
    parse_line,
    texts,
)


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


def test_lines_of_other_processes_are_no_part_of_an_answer() -> None:
    own, other = "[004711:000002-00007F]", "[004712:000005-0000AB]"
    stamp = "11/22/2026 10:15:02 AM "
    lines = [
        parse_line(line)
        for line in (
            f"{own} {stamp} Traveler: Domino Name  ID",
            f"{other} {stamp} Some New Task: has something to say",
            f"{other} {stamp} a line without any task's name",
            f"{own} {stamp} CN=trav1/O=Acme  1",
            f"{own} {stamp} Opened session for Ada Byron/Acme (Release 12.0.2)",
            "CN=trav2/O=Acme  2",
        )
    ]
    assert [line.text.strip() for line in of_the_answer(lines)] == [
        "Domino Name  ID",
        "CN=trav1/O=Acme  1",
        "CN=trav2/O=Acme  2",
    ]


def test_where_nothing_tells_traveler_apart_every_line_is_kept() -> None:
    stamp = "[004711:000002-00007F] 11/22/2026 10:15:02 AM "
    lines = [parse_line(stamp + text) for text in ("Canonical Name: CN=Ada", "Router: Message")]
    assert [line.text for line in of_the_answer(lines)] == ["Canonical Name: CN=Ada"]
