"""Db2: facts. Its backend patches Django when imported, so nothing here imports it."""

from __future__ import annotations

from pools.databases.facts import EngineFacts

FACTS = EngineFacts(
    name="Db2",
    backend="ibm_db_django",
    driver="ibm_db",
    package="ibm_db_django jinja2",
    default_port=50000,
    jdbc_jar="db2jcc4.jar",
    vendor_supported=True,
)
