"""A whole console for the browser tests: web, workers and beat, each a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from console.supervision.programs import console_programs
from tests.lab_fixture import RunningLab
from tests.waiting import wait_until

USERNAME = "administrator"
PASSWORD = "a password of the browser tests"
LEASE_SECONDS = 4
# One process for all of it: starting one costs more than what it does.
PREPARATION = """
import sys
import django
from django.core.management import call_command

django.setup()
username, lab = sys.argv[1:]
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
call_command("createsuperuser", interactive=False, username=username, email="a@acme.example")
call_command("lab", "enroll", directory=lab)
"""


class RunningConsole:
    """The processes by name, their address, and an independent look at what they wrote down."""

    def __init__(self, directory: Path, redis: EmbeddedRedis) -> None:
        self.directory = directory
        self.database = directory / "console.sqlite3"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.programs = {program.name: program for program in console_programs(port=port)}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = os.environ | {
            "LIFEGUARD_ENV_FILE": os.devnull,
            "SECRET_KEY": "a key for the browser tests only, never for a console in use",
            "HTTPS": "false",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "REDIS_URL": redis.url,
            "LIFEGUARD_WORK_DIR": str(directory / "work"),
            "LIFEGUARD_LEASE_SECONDS": str(LEASE_SECONDS),
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }

    def prepare(self, lab: RunningLab) -> None:
        """Tables, static files, an administrator, and the lab's hosts."""
        subprocess.run(
            [sys.executable, "-c", PREPARATION, USERNAME, str(lab.directory.path)],
            cwd=settings.BASE_DIR,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self, name: str) -> None:
        with (self.directory / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.programs[name].command,
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL for the process and its children, as the machine's own killer would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def answers(self) -> bool:
        web = self.processes["web"]
        assert web.poll() is None, (self.directory / "web.log").read_text()[-2000:]
        try:
            with urlopen(self.url, timeout=5):  # noqa: S310 (our own loopback address)
                return True
        except (URLError, TimeoutError, ConnectionError):
            return False

    def events(self, migration: int) -> list[tuple[int, str]]:
        """(sequence, text) as the database has them, read past the console's own code."""
        return self._rows(
            "SELECT sequence, text FROM migrations_ui_event WHERE migration_id = ? "
            "ORDER BY sequence",
            migration,
        )

    def copied(self, migration: int) -> int:
        ((rows,),) = self._rows(
            "SELECT coalesce(sum(rows_copied), 0) FROM migrations_ui_tabletransfer "
            "WHERE migration_id = ?",
            migration,
        )
        return int(rows)

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query, parameters).fetchall()


@contextmanager
def running_console(directory: Path, lab: RunningLab) -> Iterator[RunningConsole]:
    """Prepare and start everything; end it after, however the tests ended.

    Its Redis is its own: another console's workers would take its tasks.
    """
    directory.mkdir(exist_ok=True)
    with EmbeddedRedis(directory / "redis") as redis:
        console = RunningConsole(directory, redis)
        console.prepare(lab)
        try:
            for name in console.programs:
                console.start(name)
            wait_until(console.answers)
            yield console
        finally:
            console.stop_all()
