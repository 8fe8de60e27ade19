"""PostgreSQL: a rehearsal gets a schema."""

from __future__ import annotations

from pools.databases.quoting import double_quoted
from pools.databases.scratch_dialect import SCHEMA, ScratchDialect

SCRATCH = ScratchDialect(
    place=SCHEMA,
    create="CREATE SCHEMA {name}",
    drop=("DROP SCHEMA {name} CASCADE",),
    exists="SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s",
    listed="SELECT nspname FROM pg_namespace",
    may_create=("SELECT has_database_privilege(current_user, current_database(), 'CREATE')::int"),
    where="SELECT current_schema()",
    grant="GRANT CREATE ON DATABASE {database} TO {user}",
    quoted=double_quoted,
    lock_timeout="SET lock_timeout = '{seconds}s'",
    busy=frozenset({"55P03"}),
)
