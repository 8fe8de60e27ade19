"""Traffic through a pool while one of its servers is killed."""

from __future__ import annotations

import asyncio
import json

from pools.lab.traffic import TrafficPlan, TrafficReport, play_traffic
from tests.lab_fixture import RunningLab


async def test_no_sync_fails_and_none_recovers_when_a_server_is_killed(
    pool_lab: RunningLab,
) -> None:
    plan = TrafficPlan.for_pool(
        pool_lab.directory, pool="Acme EU", devices=20, seconds=120, rate=20
    )
    report, stop = TrafficReport(), asyncio.Event()
    playing = asyncio.create_task(play_traffic(plan, report, stop))
    await _syncs(report, 30)
    pool_lab.kill("trav2")
    try:
        await _syncs(report, report.syncs + 60)
        stop.set()
        await playing
    finally:
        pool_lab.restart("trav2")
    assert report.recovery == 0
    assert report.failures == 0
    assert report.unreachable > 0
    assert report.served_by["CN=trav1/O=Acme"] > 0
    assert f"recovery syncs  {report.recovery}" in report.lines()


async def test_devices_remember_their_anchor_between_runs(pool_lab: RunningLab) -> None:
    for _ in range(2):
        plan = TrafficPlan.for_pool(
            pool_lab.directory, pool="Acme EU", servers=["trav1"], devices=3, seconds=1, rate=5
        )
        report = TrafficReport()
        await play_traffic(plan, report)
        assert report.syncs > 0
        assert report.recovery == 0
    remembered = json.loads(plan.memory.read_text(encoding="utf-8"))
    assert {
        device.device_id: device.anchor for device in plan.devices
    }.items() <= remembered.items()


async def _syncs(report: TrafficReport, count: int) -> None:
    async with asyncio.timeout(60):
        while report.syncs < count:  # noqa: ASYNC110 - the report is a plain count
            await asyncio.sleep(0.02)
