"""Which tables go along; worked out anew by each step that needs it, from both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from migrations_ui.steps.context import StepContext
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan import TransferPlan, plan_transfer
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
    login = context.migration.target_login()
    with DerbySource(context.private_copy) as source:
        plan = plan_transfer(source, login, exclude=POOL_OWN_TABLES)
        yield Transfer(plan, source, login, context.migration.run_id)
