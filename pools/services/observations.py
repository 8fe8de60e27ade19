"""What an answer says about a server: pure reading, nothing is asked or saved here.

The four health values stay apart (domain.md 1.1). Constrained is read from the index alone, by
the vendor's own definition: −100..−1 (domain.md 5); outside 0..100 it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pools.domain.availability import IndexRange, index_range, read_server_status
from pools.domain.names import name_key
from pools.gateways.rest_items import ServerItem
from pools.models import Server
from pools.states import Availability

CONSTRAINED = {IndexRange.CONSTRAINED: True, IndexRange.AVAILABLE: False}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server said of itself and its pool, or why it said nothing.

    `not_there`: nobody answered at all, which is more than an answer that could not be used.
    Not `asked`: a login that was refused before is not sent again yet.
    """

    server_id: int
    items: tuple[ServerItem, ...] = ()
    latency_ms: float | None = None
    failure: str = ""
    not_there: bool = False
    login_refused: bool = False
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Observation:
    """The values to save. `users` and `heartbeat_at` are None where nothing new was learnt."""

    availability: Availability
    availability_index: int | None
    constrained: bool | None
    users: int | None
    heartbeat_at: datetime | None
    latency_ms: float | None
    failure: str
    answered: bool


def observe(
    server: Server, answer: Answer, lists: Mapping[int | None, Mapping[str, ServerItem]]
) -> Observation:
    """Read one server's answer; `lists` holds, for each pool, the rows of its members' lists by
    name.

    Its own list comes first. What a member of its pool says counts for a server whose answer
    cannot be used, but never makes a server available that did not answer.
    """
    name = name_key(server.domino_name)
    own = next((item for item in answer.items if name_key(item.domino_name) == name), None)
    row = own or lists.get(server.pool_id, {}).get(name)
    failure = answer.failure
    if not failure and own is None:
        failure = f"It answers, but its list of servers does not name {server.domino_name}."
    if answer.not_there:
        return Observation(
            Availability.UNAVAILABLE,
            availability_index=None,
            constrained=None,
            users=None,
            heartbeat_at=row.heart_beat if row else None,
            latency_ms=None,
            failure=failure,
            answered=False,
        )
    index = row.availability_index if row else None
    availability = read_server_status(row.server_status) if row else Availability.UNKNOWN
    if row and availability is Availability.UNKNOWN and not failure:
        failure = f"It calls its status “{row.server_status}”, which is not known here."
    return Observation(
        availability,
        availability_index=index,
        constrained=CONSTRAINED.get(index_range(index)),
        users=row.number_of_users if row else None,
        heartbeat_at=row.heart_beat if row else None,
        latency_ms=answer.latency_ms,
        failure=failure,
        answered=not answer.failure,
    )
