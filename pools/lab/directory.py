"""The lab's directory: `lab.json` with hosts, ports and accounts, and a folder for each host.

Everything random (ports, passwords, keys) is made at the first start and then kept, so that what
was enrolled in the console stays true. The file is readable by its owner only.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncssh

from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES
from pools.lab.scenario import HostPlan, PoolPlan, Population, Scenario

STATE_FILE = "lab.json"
SSH_USER = "notes"
API_USER = "Traveler Admin"


@dataclass(frozen=True, slots=True)
class Accounts:
    """Logins of every host: the Domino user's, the Traveler administrator's, any device's."""

    ssh_password: str = field(repr=False)
    api_password: str = field(repr=False)
    device_password: str = field(repr=False)
    ssh_user: str = SSH_USER
    api_user: str = API_USER


@dataclass(frozen=True, slots=True)
class HostEntry:
    """One host: its plan and where it listens on 127.0.0.1."""

    plan: HostPlan
    ssh_port: int
    http_port: int
    address: str = "127.0.0.1"

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def base_url(self) -> str:
        return f"http://{self.address}:{self.http_port}"


class LabNotFound(Exception):
    """There is no lab in this directory; start one with `manage.py lab`."""


@dataclass(frozen=True, slots=True)
class LabDirectory:
    """The state of one lab; written once by the supervisor, read by every host."""

    path: Path
    organization: str
    seed: int
    speed: float
    heartbeat_seconds: float
    accounts: Accounts
    pools: tuple[PoolPlan, ...]
    hosts: tuple[HostEntry, ...]
    databases: dict[str, DatabaseLogin] = field(repr=False)

    def host(self, name: str) -> HostEntry:
        for entry in self.hosts:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.hosts)
        raise LabNotFound(f"The lab has no host “{name}”; it has {known}.")

    def pool(self, name: str) -> PoolPlan:
        for pool in self.pools:
            if pool.name == name:
                return pool
        known = ", ".join(pool.name for pool in self.pools)
        raise LabNotFound(f"The lab has no pool “{name}”; it has {known}.")

    def root(self, entry: HostEntry) -> Path:
        """The directory that a host's SFTP shows."""
        return self.path / "hosts" / entry.name

    def program(self, entry: HostEntry) -> Path:
        return self.root(entry) / "domino" / "program"

    def data(self, entry: HostEntry) -> Path:
        return self.root(entry) / "domino" / "data"

    def faults_file(self, entry: HostEntry) -> Path:
        return self.path / "faults" / entry.name

    def process_file(self, entry: HostEntry) -> Path:
        """Holds the process id of a host that has booted; a killed host leaves it behind."""
        return self.path / "run" / f"{entry.name}.pid"

    @property
    def ready_file(self) -> Path:
        """There while all hosts of `manage.py lab` have been started."""
        return self.path / "ready"

    @property
    def client_key(self) -> Path:
        return self.path / "client_key"

    def host_key(self, entry: HostEntry) -> Path:
        return self.path / "host_keys" / entry.name

    def save(self) -> None:
        document = asdict(self) | {"path": str(self.path)}
        target = self.path / STATE_FILE
        target.touch(mode=0o600)
        target.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")


def load_lab(path: Path) -> LabDirectory:
    """Read an existing lab; raises LabNotFound."""
    try:
        document = json.loads((path / STATE_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabNotFound(f"There is no lab in {path}; start one with `manage.py lab`.") from None
    return LabDirectory(
        path=path,
        organization=document["organization"],
        seed=document["seed"],
        speed=document["speed"],
        heartbeat_seconds=document["heartbeat_seconds"],
        accounts=Accounts(**document["accounts"]),
        pools=tuple(
            PoolPlan(entry["name"], entry["database"], Population(**entry["population"]))
            for entry in document["pools"]
        ),
        hosts=tuple(
            HostEntry(
                HostPlan(
                    **entry["plan"] | {"population": Population(**entry["plan"]["population"])}
                ),
                entry["ssh_port"],
                entry["http_port"],
                entry["address"],
            )
            for entry in document["hosts"]
        ),
        databases={name: _read_login(login) for name, login in document["databases"].items()},
    )


def open_lab(
    path: Path,
    scenario: Scenario,
    *,
    databases: dict[str, DatabaseLogin],
    seed: int = 1,
    speed: float = 1.0,
    base_port: int | None = None,
) -> LabDirectory:
    """The lab in this directory, made now if there is none.

    An existing lab keeps hosts, ports, accounts and data; only speed and the addresses of the
    databases are taken again, because an embedded database may have moved to another port.
    """
    try:
        lab = replace(load_lab(path), databases=databases, speed=speed)
    except LabNotFound:
        lab = _new_lab(path, scenario, databases, seed=seed, speed=speed, base_port=base_port)
    lab.save()
    return lab


def _new_lab(
    path: Path,
    scenario: Scenario,
    databases: dict[str, DatabaseLogin],
    *,
    seed: int,
    speed: float,
    base_port: int | None,
) -> LabDirectory:
    (path / "host_keys").mkdir(parents=True, exist_ok=True)
    count = 2 * len(scenario.hosts)
    ports = list(range(base_port, base_port + count)) if base_port else _free_ports(count)
    lab = LabDirectory(
        path=path,
        organization=scenario.organization,
        seed=seed,
        speed=speed,
        heartbeat_seconds=scenario.heartbeat_seconds,
        accounts=Accounts(*(secrets.token_urlsafe(12) for _ in range(3))),
        pools=scenario.pools,
        hosts=tuple(
            HostEntry(plan, ports[2 * number], ports[2 * number + 1])
            for number, plan in enumerate(scenario.hosts)
        ),
        databases=databases,
    )
    for key_file in (lab.client_key, *(lab.host_key(entry) for entry in lab.hosts)):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key_file.touch(mode=0o600)
        key.write_private_key(str(key_file))
        key.write_public_key(str(key_file.with_suffix(".pub")))
    return lab


def _free_ports(count: int) -> list[int]:
    """Held open together, so that they differ."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _read_login(kept: dict[str, Any]) -> DatabaseLogin:
    """JSON has lists only."""
    options = tuple((str(name), str(value)) for name, value in kept.pop("options", ()))
    return DatabaseLogin(**kept, options=options)


def parse_database_url(url: str) -> DatabaseLogin:
    """`postgresql://user:password@host:port/name?option=value` as a login; raises ValueError."""
    parts = urlsplit(url)
    if not (parts.scheme and parts.hostname and parts.port and parts.username):
        raise ValueError("A database URL reads engine://user:password@host:port/name.")
    if parts.scheme not in ENGINES:
        raise ValueError(f"There is no engine {parts.scheme}; known are {', '.join(ENGINES)}.")
    return DatabaseLogin(
        engine=parts.scheme,
        host=parts.hostname,
        port=parts.port,
        name=parts.path.removeprefix("/"),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        options=tuple(parse_qsl(parts.query)),
    )
