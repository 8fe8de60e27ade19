"""The engines, one module each. No flow lives here.

PostgreSQL is this console's own target: no vendor page names it (anchors.md 0).
"""

from __future__ import annotations

from pools.databases import db2, mysql, postgresql, sqlserver
from pools.databases.facts import EngineFacts
from pools.states import Engine

ENGINES: dict[str, EngineFacts] = {
    Engine.POSTGRESQL: postgresql.FACTS,
    Engine.DB2: db2.FACTS,
    Engine.SQLSERVER: sqlserver.FACTS,
    Engine.MYSQL: mysql.FACTS,
}
