"""A real Celery worker and beat, as processes that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from django.conf import settings
from django.db import connection

from tests.waiting import wait_until

LEASE_SECONDS = 4
START_SECONDS = 90


class CeleryProcesses:
    """`kill_worker` is kill -9; `start_worker` starts the next one. Beat lives on."""

    def __init__(self, *, redis_url: str, work_directory: Path, log_directory: Path) -> None:
        self._logs = log_directory
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "LIFEGUARD_ENV_FILE": os.devnull,
            "LIFEGUARD_WORK_DIR": str(work_directory),
            "LIFEGUARD_LEASE_SECONDS": str(LEASE_SECONDS),
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "REDIS_URL": redis_url,
        }
        self._worker: subprocess.Popen[bytes] | None = None
        self._beat: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._beat = self._start("beat", "--max-interval", "1", "--pidfile=")
        self.start_worker()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in (self._worker, self._beat):
            if process is not None:
                _end(process, signal.SIGKILL)

    def start_worker(self) -> None:
        """Start one and wait until it takes tasks."""
        log = self._logs / "worker.log"
        before = log.stat().st_size if log.exists() else 0
        self._worker = self._start(
            *("worker", "--queues", "transfers,operations", "--pool", "solo", "--without-mingle"),
            *("--without-gossip", "--loglevel", "INFO"),
        )
        wait_until(lambda: b" ready." in log.read_bytes()[before:], seconds=START_SECONDS)

    def kill_worker(self) -> None:
        assert self._worker is not None
        _end(self._worker, signal.SIGKILL)

    @contextmanager
    def frozen_worker(self) -> Iterator[psutil.Process]:
        """SIGSTOP, and kill -9 at the end; `start_worker` starts its successor meanwhile."""
        worker = self._worker
        assert worker is not None
        worker.send_signal(signal.SIGSTOP)
        try:
            yield psutil.Process(worker.pid)
        finally:
            _end(worker, signal.SIGKILL)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._logs / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "console", *arguments],
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    process.wait()
