"""Which sessions hold locks on a table, as far as the server says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from migrations_ui.transfer.errors import TargetError

Query = Callable[[str, Sequence[str]], Sequence[Sequence[Any]]]

# Each is shown to few: by MariaDB with its plug-in, by MySQL from 8 on, by both to PROCESS.
QUESTIONS = (
    """
    SELECT thread_id, lock_mode FROM information_schema.metadata_lock_info
     WHERE table_schema = DATABASE() AND table_name = %s AND thread_id <> CONNECTION_ID()
    """,
    """
    SELECT t.processlist_id, CONCAT(t.processlist_user, ', ', l.lock_type)
      FROM performance_schema.metadata_locks l
      JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
     WHERE l.object_schema = DATABASE() AND l.object_name = %s AND l.lock_status = 'GRANTED'
       AND t.processlist_id <> CONNECTION_ID()
    """,
)
# Not of one table: InnoDB says which one only while somebody waits for it.
TRANSACTIONS = """
    SELECT p.id, CONCAT(p.user, ', in a transaction since ', t.trx_started)
      FROM information_schema.innodb_trx t
      JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
     WHERE p.db = %s AND t.trx_tables_locked > 0 AND p.id <> CONNECTION_ID()
     ORDER BY t.trx_started
"""
UNKNOWN_HOLDER = (
    "The server does not show this login who holds it: have the DBA look at SHOW PROCESSLIST, "
    "then retry."
)


def holders(query: Query, table: str, database: str) -> str:
    """A sentence that names the sessions, or says who can."""
    for question, of in (*((each, table) for each in QUESTIONS), (TRANSACTIONS, database)):
        # What this server does not have, or does not show this login, another question may.
        with suppress(TargetError):
            found = [f"session {number} ({what})" for number, what in query(question, [of])]
            if found:
                return (
                    f"Sessions that hold locks now: {'; '.join(found)}. Have them end, then retry."
                )
    return UNKNOWN_HOLDER
