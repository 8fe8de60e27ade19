"""Starts the hosts of a lab, each a process of its own, and ends those that it started."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from django.conf import settings

from console.child_environment import child_environment
from pools.databases.connection import open_connection
from pools.lab.directory import HostEntry, LabDirectory
from pools.lab.people import People
from pools.lab.pool import PoolDatabase
from pools.store.schema import apply_schema

START_SECONDS = 180
STOP_SECONDS = 15
POLL_SECONDS = 0.05


class HostDidNotStart(Exception):
    """A host of the lab did not start."""


class LabSupervisor:
    """The hosts of one lab. A host that was killed stays dead until `start` is called for it."""

    def __init__(self, lab: LabDirectory) -> None:
        self.lab = lab
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start_all(self) -> None:
        """Fill the pool stores that are new, start every host, wait until all answer."""
        for pool in self.lab.pools:
            if pool.population.users:
                fill_pool(self.lab, pool.name)
        for entry in self.lab.hosts:
            self.launch(entry)
        for entry in self.lab.hosts:
            self.wait_until_up(entry)

    def launch(self, entry: HostEntry) -> None:
        """Start the process of one host; it is killed with ours, however ours ends."""
        (self.lab.path / "logs").mkdir(exist_ok=True)
        with self._log(entry).open("ab") as log:
            self._children[entry.name] = subprocess.Popen(
                host_command(self.lab, entry),
                cwd=settings.BASE_DIR,
                env=host_environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_up(self, entry: HostEntry, seconds: float = START_SECONDS) -> None:
        """Until SSH answers and Domino has started; raises HostDidNotStart."""
        deadline = time.monotonic() + seconds
        child = self._children[entry.name]
        while not (_listens(entry.address, entry.ssh_port) and self._booted(entry)):
            if child.poll() is not None or time.monotonic() > deadline:
                raise HostDidNotStart(f"{entry.name} did not start; see {self._log(entry)}.")
            time.sleep(POLL_SECONDS)

    def process_id(self, name: str) -> int:
        return self._children[name].pid

    def kill(self, name: str) -> None:
        """SIGKILL, as if the machine lost power."""
        child = self._children[name]
        child.kill()
        child.wait()
        _close_pipe(child)

    def ended(self) -> dict[str, int]:
        """Hosts that have ended since the last call, with their exit status."""
        ended = {}
        for name, child in list(self._children.items()):
            status = child.poll()
            if status is not None:
                ended[name] = status
                _close_pipe(self._children.pop(name))
        return ended

    def stop_all(self) -> None:
        children = list(self._children.values())
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            _close_pipe(child)
        self._children.clear()

    def _booted(self, entry: HostEntry) -> bool:
        try:
            booted = self.lab.process_file(entry).read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        return booted == str(self.process_id(entry.name))

    def _log(self, entry: HostEntry) -> Path:
        return self.lab.path / "logs" / f"{entry.name}.log"


def host_command(lab: LabDirectory, entry: HostEntry) -> list[str]:
    return [
        sys.executable,
        "-m",
        "django",
        "lab",
        "host",
        entry.name,
        "--directory",
        str(lab.path),
        "--end-with-parent",
    ]


def host_environment() -> dict[str, str]:
    """Settings want a SECRET_KEY; a host encrypts nothing, so it gets one of its own, and neither
    `.env` nor our environment."""
    return child_environment(
        SECRET_KEY=secrets.token_urlsafe(40),
        LIFEGUARD_ENV_FILE=os.devnull,
        LIFEGUARD_WORK_DIR=str(settings.LIFEGUARD_WORK_DIR),
        LIFEGUARD_DERBY_CLASSPATH=settings.LIFEGUARD_DERBY_CLASSPATH,
        HTTPS="false",
    )


def fill_pool(lab: LabDirectory, name: str) -> None:
    """Create the schema of a pool's store, and its people unless there are some."""
    pool = lab.pool(name)
    login = lab.databases[pool.database]
    with open_connection(login) as connection:
        apply_schema(connection)
    database = PoolDatabase(login)
    try:
        if database.rows("SELECT COUNT(*) FROM users")[0][0]:
            return
        people = People(
            pool.population, organization=lab.organization, seed=lab.seed, settings_owner="*"
        )
        with database.transaction():
            for model, rows in people.tables():
                database.insert_rows(model, rows)
    finally:
        database.close()


def watch(supervisor: LabSupervisor, say: Callable[[str], None]) -> NoReturn:
    """Watch the hosts until interrupted; a host that ends is reported, not restarted."""
    while True:
        for name, status in supervisor.ended().items():
            say(f"{name} has ended ({status}); `manage.py lab start-host {name}` starts it again.")
        time.sleep(POLL_SECONDS)


def _listens(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def _close_pipe(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
