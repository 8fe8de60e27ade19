from __future__ import annotations

from pools.databases.quoting import double_quoted
from pools.databases.scratch_dialect import SCHEMA, ScratchDialect

SCRATCH = ScratchDialect(
    place=SCHEMA,
    create="CREATE SCHEMA {name}",
    drop=("DROP SCHEMA {name}",),
    exists="SELECT COUNT(*) FROM sqlite_master WHERE name = %s",
    listed="SELECT name FROM sqlite_master",
    where="SELECT 'main'",
    grant="GRANT TOYS TO {user}",
    quoted=double_quoted,
    lock_timeout="PRAGMA busy_timeout = {seconds}000",
    busy=frozenset({"5"}),
    may_create="SELECT 1",
)
