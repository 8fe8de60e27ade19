"""A standalone server as a candidate for a pool: what it brings and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from migrations_ui.models import Migration
from pools.domain.versions import FIRST_WITH_POOLS, at_least
from pools.models import Server

# 32-bit servers may join only to migrate their data (article).
NARROW_BITS = 32


@dataclass(frozen=True, slots=True)
class ServerCandidate:
    """`hints` are (shape, sentence); only an open migration keeps a server from being chosen."""

    server: Server
    devices: int | None  # None: not listed yet
    hints: tuple[tuple[str, str], ...]
    under_way: Migration | None

    @property
    def may_well_be_migrated(self) -> bool:
        """Whether nothing is known that will stop it."""
        return all(shape != "bad" for shape, _ in self.hints)


def candidate(
    server: Server, *, devices: int | None, under_way: Migration | None
) -> ServerCandidate:
    """What the console knows already; the preflight checks look again, on the host itself."""
    return ServerCandidate(
        server=server, devices=devices, hints=tuple(_hints(server)), under_way=under_way
    )


def _hints(server: Server) -> Iterator[tuple[str, str]]:
    if server.bits == NARROW_BITS:
        yield "warn", "32-bit: it may join to bring its data, then it has to be retired."
    if server.is_stale:
        yield (
            "unknown",
            "The console has not heard of it lately; the migration needs SSH to its host.",
        )
    recent = at_least(server.traveler_version, FIRST_WITH_POOLS)
    if recent is None:
        yield "unknown", "Its Traveler version is not known yet; the preflight checks ask for it."
    elif not recent:
        yield "bad", f"Too old for a pool: upgrade it to {FIRST_WITH_POOLS} or later first."
