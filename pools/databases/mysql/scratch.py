"""MySQL and MariaDB: a rehearsal gets a database."""

from __future__ import annotations

from pools.databases.mysql.privileges import missing_on
from pools.databases.quoting import backticked
from pools.databases.scratch_dialect import DATABASE, ScratchDialect

# MySQL's schemas are databases (domain.md 4). A collation implies its character set.
SCRATCH = ScratchDialect(
    place=DATABASE,
    create="CREATE DATABASE {name} COLLATE {like}",
    drop=("DROP DATABASE {name}",),
    exists="SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s",
    listed="SELECT schema_name FROM information_schema.schemata",
    missing=missing_on,
    where="SELECT DATABASE()",
    grant=r"GRANT ALL ON `lg\_rehearsal\_%`.* TO {user}@`%`",
    quoted=backticked,
    lock_timeout="SET SESSION lock_wait_timeout = {seconds}",
    busy=frozenset({"1205"}),
    like="SELECT @@collation_database",
)
