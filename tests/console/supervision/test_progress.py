"""Waiting for what starts, by a clock and a workload that are given."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console.supervision.progress import (
    AT_MOST_SECONDS,
    STALLED_SECONDS,
    Stalled,
    wait_while_it_works,
    work_of,
)


class Clock:
    """Goes on only when somebody rests."""

    def __init__(self, rest_of: float = 10.0) -> None:
        self.seconds = 0.0
        self.rest_of = rest_of

    def now(self) -> float:
        return self.seconds

    def rest(self, _seconds: float) -> None:
        self.seconds += self.rest_of


def wait(ready: Callable[[], bool], work: Callable[[], float], clock: Clock) -> None:
    wait_while_it_works(ready, work, now=clock.now, rest=clock.rest)


def test_what_works_is_waited_for_however_long_it_takes() -> None:
    clock = Clock()
    wait(lambda: clock.seconds >= 10 * STALLED_SECONDS, lambda: clock.seconds, clock)
    assert clock.seconds >= 10 * STALLED_SECONDS


def test_what_does_nothing_is_not() -> None:
    clock = Clock()
    with pytest.raises(Stalled):
        wait(lambda: False, lambda: min(clock.seconds, 30.0), clock)
    assert clock.seconds == pytest.approx(30 + STALLED_SECONDS, abs=2 * clock.rest_of)


def test_what_goes_round_in_circles_is_not_for_ever() -> None:
    clock = Clock()
    with pytest.raises(Stalled) as stalled:
        wait(lambda: False, lambda: clock.seconds, clock)
    assert stalled.value.seconds == pytest.approx(AT_MOST_SECONDS, abs=2 * clock.rest_of)


def test_work_is_a_log_that_grows_and_time_of_a_child(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    before = work_of(None, [log])
    log.write_text("a line")
    assert work_of(None, [log]) > before

    busy = "import time\nwhile time.process_time() < 2: pass\nprint('done', flush=True)\ninput()"
    child = subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        idle = work_of(os.getpid(), [])
        assert child.stdout is not None
        child.stdout.readline()
        assert work_of(os.getpid(), []) >= idle + 1
    finally:
        child.communicate(b"\n")
    assert work_of(child.pid, []) == 0
