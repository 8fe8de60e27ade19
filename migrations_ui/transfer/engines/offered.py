"""Which engines a server can be migrated into: those that can be opened and have a loader."""

from __future__ import annotations

from migrations_ui.transfer.engines import LOADERS
from pools.databases.engines import ENGINES


def why_no_migration_into(engine: str) -> str:
    """Empty when servers can be migrated into this engine; else a sentence for a person."""
    facts = ENGINES[engine]
    if engine not in LOADERS:
        return f"Lifeguard cannot migrate servers into {facts.name} yet."
    return facts.why_not_offered
