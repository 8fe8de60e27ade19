"""Db2."""

from __future__ import annotations

from pathlib import Path

from pools.databases.db2 import checks, connecting, errors
from pools.databases.db2.ddl_writing import DDL_WRITING
from pools.databases.db2.jdbc import JDBC
from pools.databases.db2.schema_kit import KIT
from pools.databases.db2.scratch import SCRATCH
from pools.databases.dialect import Dialect
from pools.databases.engine import DatabaseEngine, Minimum
from pools.databases.jdbc_jar import JdbcJar

ENGINE = DatabaseEngine(
    key="db2",
    name="Db2",
    backend="ibm_db_django",
    drivers=("ibm_db_django", "ibm_db", "jinja2"),
    install="pip install ibm_db_django jinja2",
    default_port=50000,
    jdbc_jar=JdbcJar("db2jcc4.jar", ("db2jcc4*.jar", "jcc-*.jar")),
    vendor_supported=True,
    minimums=(
        Minimum(
            "Db2",
            "9.7.0.5",
            "asked for by IBM's article on Traveler 8.5.3 pools",
            "it recommends the latest fix pack",
        ),
    ),
    schema_rule="the user's name, unless NTS_DB2_SCHEMA says otherwise",
    schema_parameter="NTS_DB2_SCHEMA",
    code_set="USING CODESET UTF-8",
    # The driver's connection string has no way to quote it.
    forbidden_characters=";",
    dialect=Dialect(
        settings=connecting.settings,
        loaded=connecting.loaded,
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
    ddl_writing=DDL_WRITING,
)
