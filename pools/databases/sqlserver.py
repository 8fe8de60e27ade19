"""SQL Server: facts. The backend takes the pip-only driver, without ODBC on the machine."""

from __future__ import annotations

from pools.databases.facts import EngineFacts

FACTS = EngineFacts(
    name="SQL Server",
    backend="mssql",
    driver="mssql_python",
    package="mssql-django mssql-python",
    default_port=1433,
    jdbc_jar="mssql-jdbc.jar",
    vendor_supported=True,
)
