from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pools.domain.durations import between, in_two_units


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_two_units_at_most(seconds: float, words: str) -> None:
    assert in_two_units(timedelta(seconds=seconds)) == words


def test_what_has_not_ended_took_no_time_yet() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert between(start, None) == ""
    assert between(start, start + timedelta(minutes=2)) == "2 min"
