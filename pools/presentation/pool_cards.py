"""A pool's card on the overview: one partial for the page, for htmx and for the socket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from console.accounts.permissions import FULL_ACCESS, Access
from pools.models import Pool, Server
from pools.presentation.server_state import (
    WORD_COLUMNS,
    StateWord,
    word_for,
    word_for_database,
    word_for_pool,
)


@dataclass(frozen=True, slots=True)
class ServerLine:
    """One server of a card, with its state."""

    server: Server
    state: StateWord


@dataclass(frozen=True, slots=True)
class PoolCard:
    """What the card says of a pool; `as_of` is the age of its oldest server's reading."""

    pool: Pool
    state: StateWord
    lines: tuple[ServerLine, ...]
    as_of: datetime | None

    @property
    def has_index(self) -> bool:
        """Whether there is anything to draw over time."""
        return any(line.server.availability_index is not None for line in self.lines)


def pools_for_cards(access: Access = FULL_ACCESS) -> QuerySet[Pool]:
    """The pools within reach, with all that their cards read: three queries for any number of them.

    `poollock` is the migration that holds the pool, if there is one.
    """
    servers = Server.objects.in_service().only(*WORD_COLUMNS, "pool", "availability_index")
    return access.scoped(
        Pool.objects.select_related("database", "poollock__migration__server")
        .prefetch_related(Prefetch("servers", queryset=servers), "poollock__migration__steps")
        .defer("ca_certificate", "database__password")
    )


def card_of(pool: Pool) -> PoolCard:
    """The card; a pool that was not loaded for cards costs one query for its servers."""
    servers = [server for server in pool.servers.all() if server.retired_at is None]
    lines = tuple(ServerLine(server, word_for(server)) for server in servers)
    swept = [server.swept_at for server in servers]
    return PoolCard(
        pool=pool,
        state=word_for_pool([line.state for line in lines], word_for_database(pool.database)),
        lines=lines,
        as_of=min(moment for moment in swept if moment) if swept and all(swept) else None,
    )
