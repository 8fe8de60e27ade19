"""Db2: a rehearsal gets a schema. Not run against a server (docs/engines.md)."""

from __future__ import annotations

from pools.databases.quoting import double_quoted
from pools.databases.scratch_dialect import SCHEMA, ScratchDialect

# Whoever is no administrator may only make a schema of the login's own name.
SCRATCH = ScratchDialect(
    place=SCHEMA,
    create="CREATE SCHEMA {name}",
    drop=("DROP SCHEMA {name} RESTRICT",),
    exists="SELECT COUNT(*) FROM SYSCAT.SCHEMATA WHERE UPPER(SCHEMANAME) = UPPER(%s)",
    listed="SELECT SCHEMANAME FROM SYSCAT.SCHEMATA",
    may_create=(
        "SELECT COUNT(*) FROM TABLE("
        "SYSPROC.AUTH_LIST_AUTHORITIES_FOR_AUTHID(CURRENT USER, 'U')) AS a "
        "WHERE a.AUTHORITY = 'DBADM' AND 'Y' IN (a.D_USER, a.D_GROUP, a.D_PUBLIC, "
        "a.ROLE_USER, a.ROLE_GROUP, a.ROLE_PUBLIC)"
    ),
    where="SELECT CURRENT SCHEMA FROM SYSIBM.SYSDUMMY1",
    grant="GRANT DBADM ON DATABASE TO USER {user}",
    # A login's name is kept in capitals there.
    quoted=lambda name: double_quoted(name.upper()),
    lock_timeout="SET CURRENT LOCK TIMEOUT {seconds}",
    busy=frozenset({"SQL0911N", "SQL0913N"}),
    tables=("SELECT TABNAME FROM SYSCAT.TABLES WHERE UPPER(TABSCHEMA) = UPPER(%s) AND TYPE = 'T'"),
)
