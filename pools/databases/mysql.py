"""MySQL: facts."""

from __future__ import annotations

from pools.databases.facts import EngineFacts

FACTS = EngineFacts(
    name="MySQL",
    backend="django.db.backends.mysql",
    driver="MySQLdb",
    default_port=3306,
    jdbc_jar="mysql-jdbc.jar",
    vendor_supported=True,
)
