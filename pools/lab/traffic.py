"""Plays devices against the servers of a lab, and counts how they fare.

A device may come to any server, as a balancer without affinity sends it, and turns to the next
when that one does not answer. It keeps the anchor of its last sync, and a request whose answer was
lost is sent again with the same anchor.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import httpx

from pools.lab.people import device_identities
from pools.lab.store import SyncKind

if TYPE_CHECKING:
    from pools.lab.directory import LabDirectory

MEMORY_FILE = "devices.json"
REQUEST_SECONDS = 15
PATIENCE_SECONDS = 20
RETRY_SECONDS = 0.2
PARALLEL = 32


@dataclass(slots=True)
class PlayedDevice:
    """What a device remembers of itself."""

    username: str
    device_id: str
    device_type: str
    anchor: int


@dataclass(frozen=True, slots=True)
class TrafficPlan:
    """`servers` are base URLs; `rate` is syncs a second over all devices."""

    servers: list[str]
    devices: list[PlayedDevice]
    password: str = field(repr=False)
    seconds: float
    rate: float
    memory: Path

    @classmethod
    def for_pool(
        cls,
        lab: LabDirectory,
        *,
        pool: str,
        servers: list[str] | None = None,
        devices: int = 50,
        seconds: float = 30,
        rate: float = 20,
    ) -> TrafficPlan:
        """Devices of a pool, through its own servers or those named (host name or base URL)."""
        members = [entry for entry in lab.hosts if entry.plan.pool == pool]
        urls = [
            name if "://" in name else lab.host(name).base_url
            for name in servers or [entry.name for entry in members]
        ]
        memory = lab.path / MEMORY_FILE
        remembered = _recall(memory)
        identities = device_identities(lab.pool(pool).population, lab.organization, lab.seed)
        played = [
            PlayedDevice(
                identity.username,
                identity.device_id,
                identity.device_type,
                remembered.get(identity.device_id, identity.anchor),
            )
            for identity, _ in zip(identities, range(devices), strict=False)
        ]
        return cls(urls, played, lab.accounts.device_password, seconds, rate, memory)


@dataclass(slots=True)
class TrafficReport:
    """Counts of requests. `failures` are syncs that no server answered within the patience."""

    kinds: Counter[SyncKind] = field(default_factory=Counter)
    forwards: int = 0
    busy: int = 0
    denied: int = 0
    unreachable: int = 0
    failures: int = 0
    served_by: Counter[str] = field(default_factory=Counter)

    @property
    def syncs(self) -> int:
        return sum(self.kinds.values())

    @property
    def recovery(self) -> int:
        return self.kinds[SyncKind.RECOVERY]

    def lines(self) -> list[str]:
        servers = ", ".join(f"{name}: {count}" for name, count in sorted(self.served_by.items()))
        return [
            f"syncs           {self.syncs}  ({servers})",
            f"  forwarded     {self.forwards}",
            f"  repeated      {self.kinds[SyncKind.REPEATED]}  (the answer had been lost)",
            f"recovery syncs  {self.recovery}",
            f"busy (503)      {self.busy}",
            f"denied (403)    {self.denied}",
            f"unreachable     {self.unreachable}  (tried again at another server)",
            f"failures        {self.failures}",
        ]


async def play_traffic(
    plan: TrafficPlan, report: TrafficReport, stop: asyncio.Event | None = None
) -> None:
    """Sync at the planned rate until the time is over, or `stop` is set; `report` counts."""
    stop = stop or asyncio.Event()
    random = Random(len(plan.devices))
    limit = asyncio.Semaphore(PARALLEL)
    locks = {device.device_id: asyncio.Lock() for device in plan.devices}
    started = time.monotonic()
    async with (
        httpx.AsyncClient(timeout=REQUEST_SECONDS) as client,
        asyncio.TaskGroup() as syncs,
    ):

        async def play(device: PlayedDevice) -> None:
            # A device does one thing at a time.
            async with limit, locks[device.device_id]:
                await _sync(client, plan, device, report, first=random.randrange(10**6))

        number = 0
        while not stop.is_set() and (elapsed := time.monotonic() - started) < plan.seconds:
            while number < elapsed * plan.rate:
                syncs.create_task(play(random.choice(plan.devices)))
                number += 1
            await asyncio.sleep(min(1 / plan.rate, 0.05))
    _remember(plan)


async def _sync(
    client: httpx.AsyncClient,
    plan: TrafficPlan,
    device: PlayedDevice,
    report: TrafficReport,
    *,
    first: int,
) -> None:
    """One sync, tried at one server after the other while the patience lasts."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    attempt = 0
    while time.monotonic() < deadline:
        server = plan.servers[(first + attempt) % len(plan.servers)]
        attempt += 1
        try:
            response = await client.post(
                f"{server}/traveler/sync",
                params={
                    "User": device.username,
                    "DeviceId": device.device_id,
                    "DeviceType": device.device_type,
                    "Anchor": device.anchor,
                },
                auth=(device.device_id, plan.password),
            )
        except httpx.TransportError:
            report.unreachable += 1
        else:
            if response.status_code == httpx.codes.OK:
                _note(response, device, report)
                return
            if response.status_code == httpx.codes.FORBIDDEN:
                report.denied += 1
                return
            report.busy += 1
        if attempt % len(plan.servers) == 0:
            await asyncio.sleep(RETRY_SECONDS)
    report.failures += 1


def _note(response: httpx.Response, device: PlayedDevice, report: TrafficReport) -> None:
    answer = response.json()
    device.anchor = answer["anchor"]
    report.kinds[SyncKind(answer["sync"])] += 1
    report.forwards += answer["forwarded"]
    report.served_by[answer["served_by"]] += 1


def _recall(memory: Path) -> dict[str, int]:
    if not memory.exists():
        return {}
    anchors: dict[str, int] = json.loads(memory.read_text(encoding="utf-8"))
    return anchors


def _remember(plan: TrafficPlan) -> None:
    anchors = _recall(plan.memory) | {device.device_id: device.anchor for device in plan.devices}
    plan.memory.write_text(json.dumps(anchors), encoding="utf-8")
