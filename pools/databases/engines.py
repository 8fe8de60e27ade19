"""The registry of engines, one folder each. Nothing else imports an engine's folder."""

from __future__ import annotations

from pools.databases import db2, mysql, postgresql, sqlserver
from pools.databases.engine import DatabaseEngine

# In the order in which they are offered.
ENGINES: dict[str, DatabaseEngine] = {
    engine.key: engine
    for engine in (
        postgresql.ENGINE,
        db2.ENGINE,
        sqlserver.ENGINE,
        mysql.ENGINE,
    )
}


def engine_choices() -> list[tuple[str, str]]:
    """Key and name of each, as a model's or form's field takes them."""
    return [(engine.key, engine.name) for engine in ENGINES.values()]
