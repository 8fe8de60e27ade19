"""Who is notified when a migration has news: the viewers of its page, and those of the overview."""

from __future__ import annotations

from pools.broadcast import channel
from pools.broadcast.events import OVERVIEW


def group_of(migration_id: int) -> str:
    return f"migration-{migration_id}"


def announce(migration_id: int) -> None:
    """Tell the viewers once the current transaction is committed."""
    channel.announce([group_of(migration_id)])


def announce_state(migration_id: int) -> None:
    """The same when its state or its step is another: the overview shows both, and what waits."""
    channel.announce([OVERVIEW, group_of(migration_id)])
