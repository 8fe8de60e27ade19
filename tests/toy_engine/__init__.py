"""A database engine as a person adds one: this folder, and a line in the registry.

It stands on SQLite, so that its questions are really asked; Toy is what its servers greet with.
"""

from __future__ import annotations

from pathlib import Path

from pools.databases.dialect import Dialect
from pools.databases.engine import DatabaseEngine, Minimum
from pools.databases.jdbc_jar import JdbcJar
from tests.toy_engine import checks, connecting
from tests.toy_engine.address import PROBES
from tests.toy_engine.jdbc import JDBC
from tests.toy_engine.schema_kit import KIT
from tests.toy_engine.scratch import SCRATCH

ENGINE = DatabaseEngine(
    key="toy",
    name="Toy",
    backend="django.db.backends.sqlite3",
    drivers=("sqlite3",),
    install="pip install toy",
    default_port=7777,
    jdbc_jar=JdbcJar("toy-jdbc.jar"),
    vendor_supported=False,
    minimums=(Minimum("Toy", "3.0", "needed by this test"),),
    schema_rule="always main",
    code_set="any",
    dialect=Dialect(
        settings=connecting.settings,
        secure=connecting.secure,
        translate=connecting.translate,
        version=checks.version,
        code_set=checks.code_set,
        missing_privileges=checks.missing_privileges,
        room=checks.room,
        availability=checks.availability,
        encryption=checks.encryption,
    ),
    jdbc=JDBC,
    scratch=SCRATCH,
    kit=KIT,
    ddl=Path(__file__).with_name("ddl"),
    probes=PROBES,
)
