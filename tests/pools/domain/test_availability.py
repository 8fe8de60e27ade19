from __future__ import annotations

import pytest

from pools.domain.availability import IndexRange, index_range, mean_index, read_server_status
from pools.states import Availability


@pytest.mark.parametrize(
    ("availability_index", "expected"),
    [
        (100, IndexRange.AVAILABLE),
        (0, IndexRange.AVAILABLE),
        (-1, IndexRange.CONSTRAINED),
        (-100, IndexRange.CONSTRAINED),
        (-200, IndexRange.DRAINED),
        (-150, IndexRange.UNKNOWN),
        (101, IndexRange.UNKNOWN),
        (None, IndexRange.UNKNOWN),
    ],
)
def test_the_index_ranges_are_the_documented_ones(
    availability_index: int | None, expected: IndexRange
) -> None:
    assert index_range(availability_index) is expected


def test_unknown_status_words_stay_unknown() -> None:
    assert read_server_status(" Available ") is Availability.AVAILABLE
    assert read_server_status("UNAVAILABLE") is Availability.UNAVAILABLE
    assert read_server_status("3") is Availability.UNKNOWN


@pytest.mark.parametrize(
    ("indexes", "mean"),
    [([], None), ([None], None), ([-200], None), ([80, 90, -200, None], 85), ([-50, 50], 0)],
)
def test_drained_servers_are_no_part_of_a_pools_mean(
    indexes: list[int | None], mean: int | None
) -> None:
    assert mean_index(indexes) == mean
