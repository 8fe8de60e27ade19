"""No pattern that an administrator enters, and no line of a host, keeps a worker busy for long.

Each of these takes Python's own matcher 2^500 steps or more, so the test's time-out judges them.
"""

from __future__ import annotations

import pytest

from pools.gateways.errors import ProfileIncomplete
from pools.gateways.parsing.patterns import PatternRefused, compile_pattern, search_pattern
from pools.gateways.parsing.records import FieldNames
from pools.gateways.parsing.transfer_lines import READ_CHARACTERS, TransferPatterns, TransferReading
from tests.factories import CommandProfileFactory

EVIL = (
    r"(a+)+$",
    r"(a|aa)+$",
    r"([a-z]+)*\d$",
    r"^(([a-z])+.)+[A-Z]([0-9])+$",
    r"(\w+\s?)*:$",
    r"(?:a?){500}a{500}$",
    r"(.*a){20}\d",
)


@pytest.mark.parametrize("pattern", EVIL)
def test_a_pattern_that_tries_every_way_ends(pattern: str) -> None:
    line = "a" * (READ_CHARACTERS - 1) + "!"
    assert TransferPatterns(pattern, pattern, pattern).read(line) == TransferReading()


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!a)b",
        r"(?<=a)b",
        "(?=a)b",
        "(?!a)b",
        r"(a)\1",
        "(?>a+)b",
        "(?:.{999}){9}",
        "(",
        "\ud800",
    ],
)
def test_what_cannot_be_held_to_linear_time_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused, match="This is no regular expression"):
        compile_pattern(pattern)


def test_half_a_character_in_a_line_is_read_over() -> None:
    found = search_pattern(r"(?P<percent>\d+)%", "\ud800 Größe 12%")
    assert found is not None
    assert found.groupdict() == {"percent": "12"}


@pytest.mark.django_db
def test_a_pattern_of_before_is_named_with_its_profile() -> None:
    profile = CommandProfileFactory(name="Ours", transfer_end=r"(?<!not )done")
    with pytest.raises(ProfileIncomplete, match=r"The transfer end of “Ours”: .*look-behind"):
        _ = profile.transfer_patterns


@pytest.mark.parametrize("line", ["a" + " " * 20_000 + "x", " " * 20_000 + "x"])
def test_a_line_of_blanks_is_tried_one_way_only(line: str) -> None:
    assert FieldNames({"alive": ("Alive",)}).read_field(line) is None
