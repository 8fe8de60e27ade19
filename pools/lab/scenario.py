"""The scenario file: which hosts and pools a lab has, and how big their data are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

DEFAULT_SCENARIO = Path(__file__).parent / "scenarios" / "default.toml"


@dataclass(frozen=True, slots=True)
class Population:
    """How many people and things to generate. `first_person` keeps populations apart."""

    users: int = 0
    devices: int = 0
    documents: int = 0
    first_person: int = 0

    def scaled(self, scale: float, first_person: int) -> Population:
        """At least one of everything that the scenario has at all."""

        def grown(count: int) -> int:
            return max(1, round(count * scale)) if count else 0

        return Population(
            grown(self.users), grown(self.devices), grown(self.documents), first_person
        )


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """A pool, or an empty database for one. `database` names a database of the lab."""

    name: str
    database: str
    population: Population = Population()


@dataclass(frozen=True, slots=True)
class HostPlan:
    """One emulated Traveler host; `pool` is empty for a standalone server."""

    name: str
    domino_name: str
    pool: str
    version: str
    build: str
    domino_release: str
    edition: str
    external_url: str
    bits: int = 64
    membership_layout: str = "table"
    language: str = "en"
    capacity: int = 200
    population: Population = Population()


@dataclass(frozen=True, slots=True)
class Scenario:
    """`heartbeat_seconds` is not scaled by the speed: it is seen by the console."""

    organization: str
    heartbeat_seconds: float
    pools: tuple[PoolPlan, ...]
    hosts: tuple[HostPlan, ...]

    def only(self, names: list[str]) -> Scenario:
        """The same scenario with some of its hosts."""
        return replace(self, hosts=tuple(host for host in self.hosts if host.name in names))


def load_scenario(path: Path = DEFAULT_SCENARIO, *, scale: float = 1.0) -> Scenario:
    """Read a scenario file; raises OSError, tomllib.TOMLDecodeError or TypeError (unknown key)."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    organization = document["organization"]
    traveler: dict[str, Any] = document["traveler"]
    next_person = 0

    def population(entry: dict[str, Any]) -> Population:
        nonlocal next_person
        sizes = {key: entry.pop(key, 0) for key in ("users", "devices", "documents")}
        # Given, the population has people that another has too.
        first_person = entry.pop("first_person", next_person)
        scaled = Population(**sizes).scaled(scale, first_person)
        next_person = max(next_person, first_person + scaled.users)
        return scaled

    pools = tuple(
        PoolPlan(population=population(entry), **entry) for entry in document.get("pools", [])
    )
    hosts = tuple(
        HostPlan(
            population=population(entry),
            domino_name=f"CN={entry['name']}/O={organization}",
            **{"pool": ""} | traveler | entry,
        )
        for entry in document["hosts"]
    )
    return Scenario(organization, document.get("heartbeat_seconds", 10), pools, hosts)
