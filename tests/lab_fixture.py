"""A running lab for tests: real host processes on free ports, with small data.

@pytest.fixture(scope="module")
def lab(tmp_path_factory, postgresql, django_db_blocker):
    directory, unblocked = tmp_path_factory.mktemp("lab"), django_db_blocker.unblock()
    with running_lab(directory, postgresql, hosts=["trav1"], unblocked=unblocked) as lab:
        yield lab  # lab.host("trav1").base_url, lab.console("trav1", "show tasks")
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import asyncssh

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.databases.connection import DatabaseLogin
from pools.lab.directory import HostEntry, LabDirectory, open_lab
from pools.lab.scenario import DEFAULT_SCENARIO, load_scenario
from pools.lab.supervisor import LabSupervisor

SMALL = 0.02


@dataclass(frozen=True, slots=True)
class RunningLab:
    """The lab's directory with addresses and accounts, and power over its processes."""

    directory: LabDirectory
    supervisor: LabSupervisor

    def host(self, name: str) -> HostEntry:
        return self.directory.host(name)

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self.supervisor.kill(name)

    def restart(self, name: str) -> None:
        """Start a killed host again and wait until it answers."""
        entry = self.host(name)
        self.supervisor.launch(entry)
        self.supervisor.wait_until_up(entry)

    def run(
        self, name: str, command: str, *, stdin: str | None = None, timeout: float = 60
    ) -> tuple[int, str]:
        """Run one command over SSH with the Domino user's key: exit status and output."""

        async def run() -> tuple[int, str]:
            async with asyncio.timeout(timeout), self.ssh(name) as connection:
                result = await connection.run(command, input=stdin, check=False)
            assert result.exit_status is not None, f"{command} was ended by a signal"
            return result.exit_status, str(result.stdout)

        return asyncio.run(run())

    def ssh(self, name: str) -> asyncssh.misc._ACMWrapper[asyncssh.SSHClientConnection]:
        entry = self.host(name)
        return asyncssh.connect(
            entry.address,
            entry.ssh_port,
            username=self.directory.accounts.ssh_user,
            client_keys=[self.directory.client_key],
            known_hosts=None,
        )

    def console(self, name: str, command: str, lines: int = 200) -> str:
        """What a Domino console command left at the end of the console log."""
        _, output = self.run(name, f'domino cmd "{command}" {lines}')
        return output.rpartition(f"> {command}\n")[2]

    @property
    def administrator(self) -> tuple[str, str]:
        """Basic credentials for `/api/traveler`."""
        accounts = self.directory.accounts
        return accounts.api_user, accounts.api_password


@contextmanager
def running_lab(
    directory: Path,
    server: EmbeddedPostgreSQL | EmbeddedMariaDB,
    *,
    scenario: Path = DEFAULT_SCENARIO,
    hosts: list[str] | None = None,
    scale: float = SMALL,
    speed: float = 1.0,
    seed: int = 1,
    heartbeat_seconds: float = 2.0,
    unblocked: AbstractContextManager[None] | None = None,
) -> Iterator[RunningLab]:
    """Start the scenario's hosts (or only `hosts`) with databases of their own; end them after.

    `unblocked`: where pytest-django would refuse the databases that are filled here.
    """
    plan = replace(load_scenario(scenario, scale=scale), heartbeat_seconds=heartbeat_seconds)
    lab = open_lab(
        directory / "lab",
        plan.only(hosts) if hosts is not None else plan,
        databases={name: new_database(server) for name in ("pool", "empty")},
        seed=seed,
        speed=speed,
    )
    supervisor = LabSupervisor(lab)
    try:
        with unblocked or nullcontext():
            supervisor.start_all()
        yield RunningLab(lab, supervisor)
    finally:
        supervisor.stop_all()


def new_database(server: EmbeddedPostgreSQL | EmbeddedMariaDB) -> DatabaseLogin:
    """An empty UTF-8 database with an owner of its own."""
    name = f"lab_{uuid.uuid4().hex[:12]}"
    password = "secret-of-the-lab"
    server.create_role(name, password)
    server.create_database(name, owner=name)
    return DatabaseLogin(server.engine, "127.0.0.1", server.port, name, name, password)
