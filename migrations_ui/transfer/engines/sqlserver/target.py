"""A SQL Server target: bulk copy into a staging table, then one transaction for the rows and
their checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.sqlserver.introspection import SQLServerIntrospection
from migrations_ui.transfer.engines.sqlserver.operations import SQLServerOperations
from migrations_ui.transfer.engines.sqlserver.schema_editor import SQLServerSchemaEditor
from migrations_ui.transfer.engines.sqlserver.session import SQLServerSession
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from pools.databases.connection import DatabaseLogin, open_connection


@contextmanager
def open_target(
    login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS
) -> Iterator[SQLServerTarget]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login) as backend:
        target = SQLServerTarget(backend)
        # In milliseconds.
        target.execute(f"SET LOCK_TIMEOUT {lock_seconds * 1000}")
        yield target


class SQLServerTarget(SQLServerSession):
    """See `Target`."""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self.introspection = SQLServerIntrospection(self)
        self.operations = SQLServerOperations(self, self.introspection)
        self.schema_editor = SQLServerSchemaEditor(self, self.introspection)
