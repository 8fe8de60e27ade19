"""Which tables go along; matched by each step that needs it. What Derby has is read once a run
(`derby/catalog_cache.py`), what the pool has each time, because it may change in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from migrations_ui.models import Migration
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.fetch import unpack_private_copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from pools.databases.connection import DatabaseLogin

# Tables about servers and schema, not about people: the pool has its own.
POOL_OWN_TABLES = frozenset({"servers", "schema_level"})


@dataclass(frozen=True, slots=True)
class Transfer:
    """Everything the engine is called with."""

    plan: TransferPlan
    source: DerbySource
    login: DatabaseLogin
    run_id: str


@contextmanager
def open_transfer(context: StepContext) -> Iterator[Transfer]:
    """Starts the Derby reader on the private copy; it ends with the block."""
    migration = context.migration
    login = migration.target_login()
    if not context.private_copy.is_dir():
        # A rollback after the end; or the attempt before is on another host, and kept its own.
        unpack_private_copy(context, expected=migration.source_sha256)
    with DerbySource(
        context.private_copy, login=migration.derby_login, identity=migration.source_sha256
    ) as source:
        plan = plan_transfer(
            source,
            login,
            exclude=POOL_OWN_TABLES,
            treatments=migration.value_policies.treatments(),
            alone=nobody_else_writes(migration),
        )
        yield Transfer(plan, source, login, migration.run_id)


def nobody_else_writes(migration: Migration) -> bool:
    """Asked when the copy begins or goes on: without their keys, tables are no place for others."""
    return migration.creates_pool and not migration.pool.servers.exists()
