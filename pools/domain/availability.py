"""The four health values of a Traveler server, which never stand for one another (domain.md 1.1).

- availability: the task runs and answers, or not (Server Status);
- availability index: percent available, or constrained, or drained (domain.md 5);
- overall status: Green, Yellow or Red with its reasons;
- constrained: new device syncs are answered 503.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pools.states import Availability

AVAILABLE_INDEXES = range(101)
CONSTRAINED_INDEXES = range(-100, 0)
DRAINED_INDEX = -200


class IndexRange(StrEnum):
    """What an availability index says."""

    AVAILABLE = "available"
    CONSTRAINED = "constrained"
    DRAINED = "drained"
    UNKNOWN = "unknown"


def index_range(availability_index: int | None) -> IndexRange:
    """Put an availability index into words: 0..100, −100..−1 or −200 (domain.md 5)."""
    if availability_index is None:
        return IndexRange.UNKNOWN
    if availability_index in AVAILABLE_INDEXES:
        return IndexRange.AVAILABLE
    if availability_index in CONSTRAINED_INDEXES:
        return IndexRange.CONSTRAINED
    return IndexRange.DRAINED if availability_index == DRAINED_INDEX else IndexRange.UNKNOWN


def mean_index(indexes: Iterable[int | None]) -> int | None:
    """The mean availability index of servers, or of one over time; None without any.

    A drained server (−200) says that it takes nobody, not how busy the others are: it is left out,
    as is one whose index is not known.
    """
    serving = [index for index in indexes if index is not None and index > DRAINED_INDEX]
    return round(sum(serving) / len(serving)) if serving else None


def read_server_status(server_status: str) -> Availability:
    """Read the API's or the Servers view's word for whether the task runs."""
    word = server_status.strip().casefold()
    return Availability(word) if word in Availability.values else Availability.UNKNOWN
