"""A MySQL or MariaDB target: LOAD DATA LOCAL in, strings out, and transactions that carry the
checkpoint.

The server commits by itself at most statements that define something. None is sent inside a
transaction, but for temporary tables, which do not: rows and their checkpoint stay together. So
keys stay as they are: dropping one would be a commit of its own, and the rows of InnoDB live in
their primary key anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from MySQLdb.constants import CLIENT

from migrations_ui.transfer.engines.mysql.introspection import MySQLIntrospection
from migrations_ui.transfer.engines.mysql.operations import MySQLOperations
from migrations_ui.transfer.engines.mysql.schema_editor import MySQLSchemaEditor
from migrations_ui.transfer.engines.mysql.session import MySQLSession
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from pools.databases.connection import DatabaseLogin, open_connection

# READ COMMITTED: each statement sees what is committed when it starts, so a lane that waited for
# a twin's commit sees it; and it locks no gaps between keys, in which the pool's servers insert.
# The server is said that files may come; the library refuses all but our own rows (own_stream).
OPTIONS = {
    "client_flag": CLIENT.FOUND_ROWS | CLIENT.LOCAL_FILES,
    "isolation_level": "read committed",
}
# Strict, so that nothing is cut or changed to fit; a zero stays a zero in a column that counts;
# times are the reader's UTC. A throttled chunk may say nothing for long.
# Comments that only one of the two reads: a limit meant for applications must not end a chunk.
SESSION = """
    SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO',
        SESSION time_zone = '+00:00',
        SESSION net_read_timeout = 3600, SESSION net_write_timeout = 3600,
        SESSION innodb_lock_wait_timeout = {lock_seconds},
        SESSION lock_wait_timeout = {lock_seconds}
        /*M! , SESSION max_statement_time = 0 */ /*!50708 , SESSION max_execution_time = 0 */
"""


@contextmanager
def open_target(login: DatabaseLogin, *, lock_seconds: int = LOCK_SECONDS) -> Iterator[MySQLTarget]:
    """Raises a `pools.databases.errors.DatabaseError` that names the address and the remedy."""
    with open_connection(login, options=OPTIONS) as backend:
        target = MySQLTarget(backend)
        target.execute(SESSION.format(lock_seconds=lock_seconds))
        yield target


class MySQLTarget(MySQLSession):
    """See `Target`."""

    def __init__(self, backend: BaseDatabaseWrapper) -> None:
        super().__init__(backend)
        self.introspection = MySQLIntrospection(self)
        self.operations = MySQLOperations(self, self.introspection)
        self.schema_editor = MySQLSchemaEditor(self, self.introspection)
