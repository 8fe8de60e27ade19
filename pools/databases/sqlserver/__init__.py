"""SQL Server."""

from __future__ import annotations

from pathlib import Path

from pools.databases.dialect import Dialect
from pools.databases.engine import DatabaseEngine, Minimum
from pools.databases.jdbc_jar import JdbcJar
from pools.databases.sqlserver import checks, connecting, errors
from pools.databases.sqlserver.ddl_writing import DDL_WRITING
from pools.databases.sqlserver.jdbc import JDBC
from pools.databases.sqlserver.schema_kit import KIT
from pools.databases.sqlserver.scratch import SCRATCH

ENGINE = DatabaseEngine(
    key="sqlserver",
    name="SQL Server",
    backend="mssql",
    drivers=("mssql", "mssql_python", "pyodbc"),
    install="apt-get install libodbc2, then pip install mssql-django mssql-python",
    default_port=1433,
    jdbc_jar=JdbcJar("mssql-jdbc.jar", ("mssql-jdbc*.jar",)),
    vendor_supported=True,
    minimums=(
        Minimum("SQL Server", "14.0", "(2017) needed by this console's driver (mssql-django 2.0)"),
    ),
    schema_rule="the login's default schema, usually dbo",
    code_set="any collation: names are kept as nvarchar",
    dialect=Dialect(
        settings=connecting.settings,
        opened=connecting.opened,
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
    takes_authority=False,
)
