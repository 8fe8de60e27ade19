"""A Db2 target: arrays of parameters straight into the table, beside their checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.db2.introspection import Db2Introspection
from migrations_ui.transfer.engines.db2.operations import Db2Operations
from migrations_ui.transfer.engines.db2.schema_editor import Db2SchemaEditor
from migrations_ui.transfer.engines.db2.session import Db2Session
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from pools.databases.connection import DatabaseLogin, open_connection


@contextmanager
def open_target(login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS) -> Iterator[Db2Target]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login) as backend:
        target = Db2Target(backend)
        target.execute(f"SET CURRENT LOCK TIMEOUT {lock_seconds}")
        yield target


class Db2Target(Db2Session):
    """See `Target`."""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self.introspection = Db2Introspection(self)
        self.operations = Db2Operations(self, self.introspection)
        self.schema_editor = Db2SchemaEditor(self, self.introspection)
