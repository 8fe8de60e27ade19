"""What can break around a run: its worker, its reader, a database, Redis, web, beat, the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import psutil

from benchmarks.small_disks import keep_full
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from console.supervision.programs import Program, celery, console_programs
from console.supervision.supervisor import Supervisor
from migrations_ui.models import Migration

OUTAGE_SECONDS = 8.0
FREEZE_SECONDS = 20.0


@contextmanager
def console_of(scratch: Path) -> Iterator[Supervisor]:
    """Web, workers and beat; two workers for transfers, so that a frozen one has a successor."""
    directory = scratch / "console"
    directory.mkdir()
    second = celery("worker", "-Q", "transfers", "-c", "1", "-n", "second@%h")
    programs = [
        replace(program, first=True)
        for program in (*console_programs(port=free_port()), Program("second", second))
    ]
    with Supervisor(programs, directory=directory, environment=os.environ) as supervisor:
        yield supervisor


Fault = Callable[["Bench", Migration], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts that can be broken."""

    supervisor: Supervisor
    redis: EmbeddedRedis
    postgresql: EmbeddedPostgreSQL
    scratch: Path
    # The worker's and the database's, where they can be filled.
    disks: Mapping[str, Path] = field(default_factory=dict)

    def kinds(self) -> Mapping[str, Fault]:
        full = {f"{name} full": partial(fill_disk, disk) for name, disk in self.disks.items()}
        return {**KINDS, **full}

    def worker_of(self, migration: Migration) -> list[psutil.Process]:
        """The worker that has the run: the supervised process and its pool; empty for none."""
        migration.refresh_from_db()
        _, _, rest = migration.lease_owner.partition(":")
        with suppress(ValueError, psutil.NoSuchProcess):
            process = psutil.Process(int(rest.partition(":")[0]))
            main = process.parent() or process
            return [main, *(each for each in main.children(recursive=True) if not _is_java(each))]
        return []

    def pid_of(self, name: str) -> int:
        command = [sys.executable, "-m", "supervisor.supervisorctl"]
        command += ["-c", str(self.supervisor.configuration), "pid", name]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        return int(answer.stdout.strip() or 0)


def kill_worker(bench: Bench, migration: Migration) -> None:
    for process in bench.worker_of(migration):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def freeze_worker(bench: Bench, migration: Migration) -> None:
    frozen = bench.worker_of(migration)
    _signal(frozen, signal.SIGSTOP)
    time.sleep(FREEZE_SECONDS)
    _signal(frozen, signal.SIGCONT)


def kill_reader(bench: Bench, _migration: Migration) -> None:
    inside = str(bench.scratch / "work" / "runs")
    for process in psutil.process_iter(["cmdline"]):
        if any(word.startswith(inside) for word in process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def restart_database(bench: Bench, _migration: Migration) -> None:
    bench.postgresql.kill()
    time.sleep(OUTAGE_SECONDS)
    bench.postgresql.start()


def restart_redis(bench: Bench, _migration: Migration) -> None:
    bench.redis.kill()
    time.sleep(OUTAGE_SECONDS)
    bench.redis.start()


def kill_web(bench: Bench, _migration: Migration) -> None:
    _kill_program(bench, "web")


def kill_beat(bench: Bench, _migration: Migration) -> None:
    _kill_program(bench, "beat")


def fill_disk(disk: Path, _bench: Bench, _migration: Migration) -> None:
    keep_full(disk, OUTAGE_SECONDS)


KINDS: dict[str, Fault] = {
    "worker killed": kill_worker,
    "worker frozen": freeze_worker,
    "reader killed": kill_reader,
    "PostgreSQL restarted": restart_database,
    "Redis restarted": restart_redis,
    "web killed": kill_web,
    "beat killed": kill_beat,
}


def _kill_program(bench: Bench, name: str) -> None:
    pid = bench.pid_of(name)
    if pid:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _is_java(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.name() == "java"
    return False
