"""A PostgreSQL target: COPY in, COPY out, and transactions that carry the checkpoint.

Chunks are committed asynchronously: a crash of the server may lose the last chunks, rows and
checkpoint together, and they are copied again. The end of a table is committed durably.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.postgresql.introspection import PostgreSQLIntrospection
from migrations_ui.transfer.engines.postgresql.operations import PostgreSQLOperations
from migrations_ui.transfer.engines.postgresql.schema_editor import PostgreSQLSchemaEditor
from migrations_ui.transfer.engines.postgresql.session import PostgreSQLSession
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from pools.databases.connection import DatabaseLogin, open_connection

# A limit meant for applications must not end a chunk. Not every version has them all.
LIMITS_OFF = """
    SELECT set_config(name, '0', false)
      FROM pg_settings
     WHERE name IN ('statement_timeout', 'transaction_timeout',
                    'idle_in_transaction_session_timeout')
"""
# A killed worker's session ends soon, instead of making a key to its end while its successor waits.
NOTICE_THE_DEAD = "SET client_connection_check_interval = '5s'"


@contextmanager
def open_target(
    login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS
) -> Iterator[PostgreSQLTarget]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login) as backend:
        target = PostgreSQLTarget(backend)
        target.execute("SET synchronous_commit = off")
        target.execute(f"SET lock_timeout = '{lock_seconds}s'")
        target.execute(LIMITS_OFF)
        # Windows cannot.
        with suppress(TargetRefused):
            target.execute(NOTICE_THE_DEAD)
        yield target


class PostgreSQLTarget(PostgreSQLSession):
    """See `Target`."""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self.introspection = PostgreSQLIntrospection(self)
        self.operations = PostgreSQLOperations(self, self.introspection)
        self.schema_editor = PostgreSQLSchemaEditor(self, self.introspection)
