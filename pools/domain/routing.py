"""Which server of a pool serves a user's devices (domain.md 5). Pure: no clock, no I/O.

One server, the *master*, monitors a user's mail and serves all the user's devices. At each
connect the choice is made again: the highest sum of availability index and bias wins, where the
server that received the request and the present master have a bias. A switch is blocked for ten
minutes after the last one; a master expires after 24 hours without a connecting device.

What the vendor does not say is decided here, and marked *our reading*:
- the block keeps a user only on a master that may serve new requests;
- a tie goes to the master, then to the receiving server, then to the smaller name.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

DRAINED = -200


class Reason(enum.StrEnum):
    """Why a decision fell as it did."""

    BOUND = "The user is bound to this server."
    FIRST = "The user had no master server."
    EXPIRED = "No device had connected for so long that the master server had expired."
    KEPT = "The master server has the highest sum."
    BLOCKED = "Another server has a higher sum, but the last switch was too recent."
    SWITCHED = "Another server has a higher sum."
    TAKEN_OVER = "The master server is unavailable or takes no new requests."
    ALL_CONSTRAINED = "Every available server is constrained."
    NONE_AVAILABLE = "No server of the pool is available."


@dataclass(frozen=True, slots=True)
class RoutingCandidate:
    """A server of the pool. `alive`: it runs and its heartbeat is recent."""

    name: str
    availability_index: int
    alive: bool = True

    @property
    def drained(self) -> bool:
        return self.availability_index <= DRAINED

    @property
    def constrained(self) -> bool:
        return DRAINED < self.availability_index < 0

    @property
    def takes_requests(self) -> bool:
        """Whether it may serve a device that is not bound to it."""
        return self.alive and self.availability_index >= 0


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the pool's database says of a user."""

    master: str | None = None
    since: datetime | None = None
    last_connect: datetime | None = None
    bound_to: str | None = None


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """The biases are percent points of the vendor's example; administrators may change them."""

    local_bias: int = 10
    master_bias: int = 20
    switch_block: timedelta = timedelta(minutes=10)
    master_expiry: timedelta = timedelta(hours=24)

    def accelerated(self, speed: float) -> RoutingRules:
        """The same rules in a world whose time runs `speed` times as fast."""
        return RoutingRules(
            self.local_bias,
            self.master_bias,
            self.switch_block / speed,
            self.master_expiry / speed,
        )


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """`server` is None when the request is refused (HTTP 503)."""

    server: str | None
    reason: Reason
    becomes_master: bool = False


def decide_server(
    candidates: Iterable[RoutingCandidate],
    ownership: Ownership,
    *,
    local: str,
    now: datetime,
    rules: RoutingRules = RoutingRules(),
) -> RoutingDecision:
    """Choose the server for a request that arrived at `local`."""
    servers = {candidate.name: candidate for candidate in candidates}
    bound = servers.get(ownership.bound_to or "")
    if bound and bound.alive and not bound.constrained:
        return RoutingDecision(bound.name, Reason.BOUND, ownership.master != bound.name)

    open_servers = [server for server in servers.values() if server.takes_requests]
    if not open_servers:
        constrained = any(server.alive and server.constrained for server in servers.values())
        return RoutingDecision(
            None, Reason.ALL_CONSTRAINED if constrained else Reason.NONE_AVAILABLE
        )

    expired = _expired(ownership, now, rules)
    master = None if expired else ownership.master

    def rank(server: RoutingCandidate) -> tuple[int, bool, bool]:
        is_master, is_local = server.name == master, server.name == local
        bias = rules.master_bias * is_master + rules.local_bias * is_local
        return server.availability_index + bias, is_master, is_local

    # `max` keeps the first of equals, so sorting makes the smaller name win.
    best = max(sorted(open_servers, key=lambda server: server.name), key=rank).name
    if master is None:
        return RoutingDecision(best, Reason.EXPIRED if ownership.master else Reason.FIRST, True)
    if best == master:
        return RoutingDecision(master, Reason.KEPT)
    return _leave_master(servers.get(master), ownership, best=best, now=now, rules=rules)


def _leave_master(
    master: RoutingCandidate | None,
    ownership: Ownership,
    *,
    best: str,
    now: datetime,
    rules: RoutingRules,
) -> RoutingDecision:
    """Another server has the highest sum: switch to it, unless the block keeps the master."""
    if master is None or not master.takes_requests:
        return RoutingDecision(best, Reason.TAKEN_OVER, becomes_master=True)
    if ownership.since is not None and now - ownership.since < rules.switch_block:
        return RoutingDecision(master.name, Reason.BLOCKED)
    return RoutingDecision(best, Reason.SWITCHED, becomes_master=True)


def _expired(ownership: Ownership, now: datetime, rules: RoutingRules) -> bool:
    last = ownership.last_connect or ownership.since
    return last is not None and now - last >= rules.master_expiry
