"""PostgreSQL: this console's own choice, no vendor page names it (anchors.md 0)."""

from __future__ import annotations

from pathlib import Path

from pools.databases.dialect import Dialect
from pools.databases.engine import DatabaseEngine, Minimum
from pools.databases.jdbc_jar import JdbcJar
from pools.databases.postgresql import checks, connecting, errors
from pools.databases.postgresql.address import PROBES
from pools.databases.postgresql.jdbc import JDBC
from pools.databases.postgresql.schema_kit import KIT
from pools.databases.postgresql.scratch import SCRATCH

ENGINE = DatabaseEngine(
    key="postgresql",
    name="PostgreSQL",
    backend="django.db.backends.postgresql",
    drivers=("psycopg",),
    install="pip install 'psycopg[binary]'",
    default_port=5432,
    jdbc_jar=JdbcJar("postgresql-jdbc.jar", ("postgresql-*.jar",)),
    vendor_supported=False,
    minimums=(Minimum("PostgreSQL", "14.0", "needed by this console (Django 5.2)"),),
    schema_rule="the first of the login's search path, usually public",
    code_set="ENCODING 'UTF8'",
    dialect=Dialect(
        settings=connecting.settings,
        translate=errors.translate,
        version=checks.version,
        code_set=checks.code_set,
        missing_privileges=checks.missing_privileges,
        room=checks.room,
        availability=checks.availability,
        secure=connecting.secure,
        encryption=checks.encryption,
    ),
    jdbc=JDBC,
    scratch=SCRATCH,
    kit=KIT,
    ddl=Path(__file__).with_name("ddl"),
    probes=PROBES,
)
