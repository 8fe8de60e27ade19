"""Which server syncs a device: here, forwarded to the owner, or refused.

The decision is `pools.domain.routing`; here it is carried out. Sync state is in the pool's store,
so when a server is lost another one goes on without a recovery sync.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from pools.domain.routing import Ownership, RoutingCandidate, RoutingRules, decide_server
from pools.lab.store import DeviceRequest, StoreServerRow, SyncKind

if TYPE_CHECKING:
    from pools.lab.directory import LabDirectory
    from pools.lab.traveler import TravelerTask

FORWARD_SECONDS = 10
FORWARDED_BY = "X-Lab-Forwarded-By"
BUSY = httpx.codes.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """`status` is what the device gets: 200, 403 (access denied) or 503 (busy)."""

    status: int
    anchor: int = 0
    kind: SyncKind | None = None
    served_by: str = ""
    forwarded: bool = False
    reason: str = ""


class DeviceSync:
    """Serves the device requests of one host."""

    def __init__(self, lab: LabDirectory, traveler: TravelerTask) -> None:
        self._traveler = traveler
        self._name = traveler.plan.domino_name
        self._rules = RoutingRules().accelerated(lab.speed)
        self._password = lab.accounts.device_password
        # The heartbeat that a server had when it did not answer.
        self._unreachable: dict[str, datetime | None] = {}

    async def sync(self, request: DeviceRequest, *, forwarded: bool = False) -> SyncAnswer:
        """Sync one device. A `forwarded` request was decided by another server already."""
        if forwarded:
            if self._traveler.candidate().constrained:
                return SyncAnswer(BUSY)
            return await self._serve(request)
        # Each round answers, or finds one more server that cannot be reached.
        for _ in range(len(await self._servers()) + 1):
            answer = await self._route(request)
            if answer is not None:
                return answer
        return SyncAnswer(BUSY, reason="No server of the pool could be reached.")

    async def _route(self, request: DeviceRequest) -> SyncAnswer | None:
        """Decide and serve; None when the chosen server turned out to be unreachable."""
        now = datetime.now(UTC)
        store = self._traveler.store
        servers = await self._servers()
        ownership: Ownership = await self._traveler.thread.run(store.ownership, request.username)
        others = [self._candidate(row, now) for name, row in servers.items() if name != self._name]
        decision = decide_server(
            [self._traveler.candidate(), *others],
            ownership,
            local=self._name,
            now=now,
            rules=self._rules,
        )
        if decision.server is None:
            return SyncAnswer(BUSY, reason=decision.reason)
        if decision.server == self._name:
            answer = await self._serve(request)
        else:
            forwarded = await self._forward(servers[decision.server], request)
            if forwarded is None:
                return None
            answer = forwarded
        if decision.becomes_master and answer.status == httpx.codes.OK:
            await self._traveler.thread.run(
                store.take_ownership,
                request.username,
                old=ownership.master,
                new=decision.server,
                now=now,
            )
        return replace(answer, reason=decision.reason)

    async def _servers(self) -> dict[str, StoreServerRow]:
        """The rows of the pool by name; of a standalone server nothing need be known."""
        if not self._traveler.pooled:
            return {}
        return {row.domino_name: row for row in await self._traveler.members()}

    def _candidate(self, row: StoreServerRow, now: datetime) -> RoutingCandidate:
        name = row.domino_name
        silent = name in self._unreachable and self._unreachable[name] == row.heart_beat
        alive = self._traveler.is_alive(row, now) and not silent
        return RoutingCandidate(name, row.availability_index, alive)

    async def _serve(self, request: DeviceRequest) -> SyncAnswer:
        thread, store = self._traveler.thread, self._traveler.store
        if await thread.run(store.access_status, request.username, request.device_id):
            return SyncAnswer(httpx.codes.FORBIDDEN, served_by=self._name)
        now = datetime.now(UTC)
        outcome = await thread.run(store.sync_device, request, now)
        self._traveler.count_sync(now)
        return SyncAnswer(httpx.codes.OK, outcome.anchor, outcome.kind, self._name)

    async def _forward(self, owner: StoreServerRow, request: DeviceRequest) -> SyncAnswer | None:
        """The owner's answer; None when it gives none, or cannot serve after all."""
        try:
            async with httpx.AsyncClient(timeout=FORWARD_SECONDS) as client:
                response = await client.post(
                    f"http://{owner.ip_address}:{owner.servlet_port}/traveler/sync",
                    params={
                        "User": request.username,
                        "DeviceId": request.device_id,
                        "DeviceType": request.device_type,
                        "Anchor": request.anchor,
                    },
                    headers={FORWARDED_BY: self._name.encode().hex()},
                    auth=(request.device_id, self._password),
                )
        except httpx.TransportError:
            response = None
        if response is None or response.status_code == BUSY:
            self._unreachable[owner.domino_name] = owner.heart_beat
            return None
        answer = response.json()
        kind = SyncKind(answer["sync"]) if answer["sync"] else None
        return SyncAnswer(
            response.status_code, answer["anchor"], kind, answer["served_by"], forwarded=True
        )
