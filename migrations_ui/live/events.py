"""Who is told that a migration has news: the viewers of its page."""

from __future__ import annotations

from pools.live import sending


def group_of(migration_id: int) -> str:
    return f"migration-{migration_id}"


def announce(migration_id: int) -> None:
    """Tell the viewers once the current transaction is committed."""
    sending.announce([group_of(migration_id)])
