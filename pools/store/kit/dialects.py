"""The engines' parts of a kit, by the keys of ENGINES."""

from __future__ import annotations

from pools.states import Engine
from pools.store.kit import db2, mysql, postgresql, sqlserver
from pools.store.kit.dialect import KitDialect

DIALECTS: dict[str, KitDialect] = {
    Engine.POSTGRESQL: postgresql.DIALECT,
    Engine.DB2: db2.DIALECT,
    Engine.SQLSERVER: sqlserver.DIALECT,
    Engine.MYSQL: mysql.DIALECT,
}
