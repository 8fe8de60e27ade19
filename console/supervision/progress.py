"""Waiting for something that starts: as long as it makes progress, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

# Without any sign of work for so long, it hangs.
STALLED_SECONDS = 60.0
# With them, it goes round in circles.
AT_MOST_SECONDS = 1800.0


class Stalled(Exception):
    """It made no progress any more; `seconds` is how long it was waited for in all."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no progress after {seconds:.0f} s")
        self.seconds = seconds


def wait_while_it_works(
    ready: Callable[[], bool],
    work: Callable[[], float],
    *,
    now: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """Until `ready`. `work` grows while something is done; raises Stalled once it does not.

    `ready` may raise what ends the waiting.
    """
    began = worked_at = now()
    done = work()
    while not ready():
        done_now, moment = work(), now()
        if done_now > done:
            done, worked_at = done_now, moment
        if moment - worked_at > STALLED_SECONDS or moment - began > AT_MOST_SECONDS:
            raise Stalled(moment - began)
        rest(0.1)


def work_of(pid: int | None, logs: Iterable[Path]) -> float:
    """What a process and its children have done so far: whole seconds of CPU time, and bytes of
    logs. Not exact, but it grows only while they work."""
    size = sum(log.stat().st_size for log in logs if log.exists())
    return size + int(_cpu_seconds(pid)) if pid else float(size)


def _cpu_seconds(pid: int) -> float:
    total = 0.0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return total
    for process in family:
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total
