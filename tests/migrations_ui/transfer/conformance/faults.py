"""What a DBA may do to a database under a migration, in each engine's own words.

Only on the embedded servers: it takes all rights there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pools.databases.connection import DatabaseLogin

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Faults:
    """Statements; {user} is the pool's login, {name} its database, both quoted."""

    fixture: str
    lock: str
    unlock: str
    # What the message says of who holds the lock; {session} is the number of the holder's.
    holder: str
    own_number: str
    # Sessions of a migration, and how to end one, or what it does.
    sessions: str
    end: str
    cancel: str
    rename_column: tuple[str, str]
    narrow: tuple[str, str]
    fewer_places: tuple[str, str]
    rename_table: tuple[str, str]
    revoke: str
    grant: str
    close: str
    open: str
    limit: str
    no_limit: str
    short_statements: str
    any_statements: str

    def said(self, statement: str, login: DatabaseLogin) -> str:
        quote = "`" if login.engine == "mysql" else '"'
        return statement.format(
            user=f"{quote}{login.user}{quote}", name=f"{quote}{login.name}{quote}"
        )


FAULTS: dict[str, Faults] = {
    "postgresql": Faults(
        fixture="postgresql",
        lock="BEGIN; LOCK TABLE doc IN ACCESS EXCLUSIVE MODE",
        unlock="ROLLBACK",
        holder="session {session} of .* with AccessExclusiveLock",
        own_number="SELECT pg_backend_pid()",
        sessions="SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'lifeguard%' "
        "AND datname = current_database() AND query LIKE '%{0}%' AND pid <> pg_backend_pid()",
        end="SELECT pg_terminate_backend({0})",
        cancel="SELECT pg_cancel_backend({0})",
        rename_column=(
            "ALTER TABLE doc RENAME COLUMN note TO remark",
            "ALTER TABLE doc RENAME COLUMN remark TO note",
        ),
        narrow=(
            "ALTER TABLE doc ALTER COLUMN note TYPE varchar(20)",
            "ALTER TABLE doc ALTER COLUMN note TYPE varchar(60)",
        ),
        # COPY would round the rest of the rows, and say nothing.
        fewer_places=(
            "ALTER TABLE doc ALTER COLUMN amount TYPE numeric(12,2)",
            "ALTER TABLE doc ALTER COLUMN amount TYPE numeric(12,3)",
        ),
        rename_table=("ALTER TABLE doc RENAME TO doc_old", "ALTER TABLE doc_old RENAME TO doc"),
        revoke="REVOKE INSERT ON doc FROM {user}",
        grant="GRANT INSERT ON doc TO {user}",
        close="ALTER DATABASE {name} SET default_transaction_read_only = on",
        open="ALTER DATABASE {name} RESET default_transaction_read_only",
        limit="ALTER ROLE {user} CONNECTION LIMIT 1",
        no_limit="ALTER ROLE {user} CONNECTION LIMIT -1",
        short_statements="ALTER ROLE {user} SET statement_timeout = '1s'",
        any_statements="ALTER ROLE {user} RESET statement_timeout",
    ),
    "mysql": Faults(
        fixture="mariadb",
        lock="LOCK TABLES doc WRITE",
        unlock="UNLOCK TABLES",
        holder="does not show this login who holds it: .* SHOW PROCESSLIST",
        own_number="SELECT CONNECTION_ID()",
        sessions="SELECT id FROM information_schema.processlist WHERE db = DATABASE() "
        "AND COALESCE(info, '') LIKE '%{0}%' AND id <> CONNECTION_ID()",
        end="KILL CONNECTION {0}",
        cancel="KILL QUERY {0}",
        rename_column=(
            "ALTER TABLE doc RENAME COLUMN note TO remark",
            "ALTER TABLE doc RENAME COLUMN remark TO note",
        ),
        narrow=(
            "ALTER TABLE doc MODIFY note varchar(20)",
            "ALTER TABLE doc MODIFY note varchar(60)",
        ),
        fewer_places=(
            "ALTER TABLE doc MODIFY amount decimal(12,2)",
            "ALTER TABLE doc MODIFY amount decimal(12,3)",
        ),
        rename_table=("RENAME TABLE doc TO doc_old", "RENAME TABLE doc_old TO doc"),
        revoke="REVOKE INSERT ON {name}.* FROM {user}",
        grant="GRANT INSERT ON {name}.* TO {user}",
        close="SET GLOBAL read_only = ON",
        open="SET GLOBAL read_only = OFF",
        limit="ALTER USER {user} WITH MAX_USER_CONNECTIONS 1",
        no_limit="ALTER USER {user} WITH MAX_USER_CONNECTIONS 0",
        short_statements="SET GLOBAL max_statement_time = 1",
        any_statements="SET GLOBAL max_statement_time = 0",
    ),
}


def with_all_rights(login: DatabaseLogin, server: Any) -> DatabaseLogin:
    """The same database, as its server's own account."""
    return replace(login, user=server.user, password=server.password)
