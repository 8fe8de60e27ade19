"""One module per engine the rows can go to; this is their registry."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module

from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from pools.databases.connection import DatabaseLogin

# Dotted paths, so that a driver is imported only where its engine is used.
LOADERS: dict[str, str] = {
    "db2": "migrations_ui.transfer.engines.db2.target",
    "mysql": "migrations_ui.transfer.engines.mysql.target",
    "postgresql": "migrations_ui.transfer.engines.postgresql.target",
    "sqlserver": "migrations_ui.transfer.engines.sqlserver.target",
}


def open_target(
    login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS
) -> AbstractContextManager[Target]:
    """A connection to the target, closed at the end of the block. No statement on it waits longer
    than `lock_seconds` for a lock; then it raises TargetLocked.

    Raises a `pools.databases.errors.DatabaseError` when the target cannot be reached.
    """
    module = import_module(LOADERS[login.engine])
    target: AbstractContextManager[Target] = module.open_target(login, lock_seconds=lock_seconds)
    return target
