from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.versions import (
    FIRST_WITH_POOLS,
    Version,
    at_least,
    parse_version,
    same_release,
)

NUMBERS = st.lists(st.integers(0, 9999), min_size=2, max_size=5).filter(any)


@pytest.mark.parametrize(
    ("text", "version", "build"),
    [
        ("8.5.3.100", Version((8, 5, 3, 100)), ""),
        ("10.0.1.2 Build 202002141540_20", Version((10, 0, 1, 2)), "202002141540_20"),
        ("14.5.1", Version((14, 5, 1)), ""),
        ("8.5.3.100 20120613_2102", Version((8, 5, 3, 100)), "20120613_2102"),
        ("Release 8.5.3FP5", Version((8, 5, 3), fix_pack=5), ""),
        ("HCL Domino (r) Server, Release 12.0.2 FP 3 for Linux", Version((12, 0, 2), 3), ""),
        ("14.0.0.0", Version((14,)), ""),
        ("8.5.3 UP1", Version((8, 5, 3, 100)), ""),
        ("8.5.3UP1", Version((8, 5, 3, 100)), ""),
        ("8.5.3 Upgrade Pack 2 Build 20130126", Version((8, 5, 3, 200)), "20130126"),
        ("8.5.3.100 UP1", Version((8, 5, 3, 100)), ""),
        ("8.5.3 FP2 UP1", Version((8, 5, 3, 100), 2), ""),
        ("8.5.3 upgraded 1", Version((8, 5, 3)), ""),
    ],
)
def test_known_spellings_are_read(text: str, version: Version, build: str) -> None:
    read = parse_version(text)
    assert read == version
    assert read is not None
    assert read.build == build


@pytest.mark.parametrize("text", ["", "unknown", "20120613_2102", "8"])
def test_what_is_no_version_is_not_guessed(text: str) -> None:
    assert parse_version(text) is None
    assert at_least(text, "8.5.3.100") is None
    assert same_release(text, "14.5.1") is None


def test_numbers_are_compared_as_numbers() -> None:
    assert at_least("10.0.1.2", FIRST_WITH_POOLS)
    assert at_least("8.5.3.100", FIRST_WITH_POOLS)
    assert at_least("8.5.3 UP1", FIRST_WITH_POOLS)
    assert at_least("8.5.3 Upgrade Pack 2 Build 20130126", FIRST_WITH_POOLS)
    assert at_least("8.5.3.99", FIRST_WITH_POOLS) is False
    assert at_least("8.5.3FP6", "8.5.3FP5")
    assert at_least("12.0", "12.0.0.0")


def test_builds_of_one_release_belong_together() -> None:
    assert same_release("14.5.1 Build 202601010000_1", "14.5.1.0 Build 202602020000_1")
    assert same_release("14.5.1", "14.5.0") is False


@given(NUMBERS)
def test_a_printed_version_is_read_back(numbers: list[int]) -> None:
    version = parse_version(".".join(map(str, numbers)))
    assert version is not None
    assert parse_version(str(version)) == version


@given(NUMBERS, NUMBERS)
def test_the_order_is_that_of_the_number_lists(one: list[int], other: list[int]) -> None:
    size = max(len(one), len(other))
    padded = [numbers + [0] * (size - len(numbers)) for numbers in (one, other)]
    first, second = (parse_version(".".join(map(str, n))) for n in (one, other))
    assert first is not None
    assert second is not None
    assert (first >= second) == (padded[0] >= padded[1])
    assert (hash(first) == hash(second)) or first != second


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse_version(text)
