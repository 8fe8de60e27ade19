"""SQL Server: a rehearsal gets a database. Not run against a server (docs/engines.md)."""

from __future__ import annotations

from pools.databases.quoting import bracketed
from pools.databases.scratch_dialect import DATABASE, ScratchDialect

# A connection works in its login's default schema and cannot choose another; in a database
# that the login made itself, that is a schema of its own. The driver keeps connections that
# were closed for the next one, and a database with any is not dropped.
SCRATCH = ScratchDialect(
    place=DATABASE,
    create="CREATE DATABASE {name} COLLATE {like}",
    drop=(
        "ALTER DATABASE {name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
        "DROP DATABASE {name}",
    ),
    exists="SELECT COUNT(*) FROM sys.databases WHERE name = %s",
    listed="SELECT name FROM sys.databases",
    may_create="SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'CREATE ANY DATABASE')",
    where="SELECT DB_NAME()",
    grant="USE master; GRANT CREATE ANY DATABASE TO {user}",
    quoted=bracketed,
    lock_timeout="SET LOCK_TIMEOUT {seconds}000",
    busy=frozenset({"1222", "3702"}),
    like="SELECT CONVERT(varchar(128), DATABASEPROPERTYEX(DB_NAME(), 'Collation'))",
    driver_commits=True,
)
