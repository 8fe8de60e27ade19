"""MySQL and MariaDB."""

from __future__ import annotations

from pathlib import Path

from pools.databases.dialect import Dialect
from pools.databases.engine import DatabaseEngine, Minimum
from pools.databases.jdbc_jar import JdbcJar
from pools.databases.mysql import checks, connecting, errors, privileges
from pools.databases.mysql.address import PROBES
from pools.databases.mysql.ddl_writing import DDL_WRITING
from pools.databases.mysql.jdbc import JDBC
from pools.databases.mysql.schema_kit import KIT
from pools.databases.mysql.scratch import SCRATCH

ENGINE = DatabaseEngine(
    key="mysql",
    name="MySQL",
    backend="django.db.backends.mysql",
    drivers=("MySQLdb",),
    install=(
        "apt-get install default-libmysqlclient-dev pkg-config gcc python3-dev,"
        " then pip install mysqlclient"
    ),
    default_port=3306,
    jdbc_jar=JdbcJar("mysql-jdbc.jar", ("mysql-connector-j*.jar", "mysql-jdbc*.jar")),
    vendor_supported=True,
    minimums=(
        Minimum("MySQL", "8.0.11", "needed by this console (Django 5.2)"),
        Minimum("MariaDB", "10.5", "needed by this console (Django 5.2)"),
    ),
    schema_rule="none: on MySQL a database is a schema",
    code_set="CHARACTER SET utf8mb4",
    dialect=Dialect(
        settings=connecting.settings,
        opened=connecting.opened,
        translate=errors.translate,
        version=checks.version,
        code_set=checks.code_set,
        missing_privileges=privileges.missing_privileges,
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
    ddl_writing=DDL_WRITING,
)
