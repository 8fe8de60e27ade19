"""Rows that meet the pool's: the rules of the store's schema, and what the console keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence

from migrations_ui.models import Conflict, Migration
from migrations_ui.states import ConflictPolicy, ConflictVerdict, Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.transfer.masking import MASKING
from migrations_ui.steps.transfer.transfer_plan import Transfer
from migrations_ui.transfer.errors import ConflictsFound
from migrations_ui.transfer.merge.conflicts import list_conflicts
from migrations_ui.transfer.merge_policy import MergePolicy, MergeRules, Parent
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.tables import ValuePair
from pools.store.merge_rules import AGES, DEVICE_KEY, DEVICES, OF_A_DEVICE

SHOWN_CONFLICTS = 1000
LONGEST_KEY = 255
RULES = MergeRules(ages=AGES, parents={table: Parent(DEVICES, DEVICE_KEY) for table in OF_A_DEVICE})


def policy_of(migration: Migration) -> MergePolicy:
    """As it stands now: it may have been changed since the run began."""
    migration.refresh_from_db(fields=["conflict_policy"])
    return MergePolicy(migration.conflict_policy)


def say_policy(context: StepContext, plan: TransferPlan, policy: MergePolicy) -> None:
    """In the log: what stays where rows meet, and which tables cannot follow it."""
    label = ConflictPolicy(policy.value).label
    context.log(f"Where the pool has a row of the same key that is not equal: {label.lower()}.")
    if policy is not MergePolicy.NEWEST:
        return
    ageless = [table.name for table in plan.tables if table.key and not RULES.age_of(table)]
    if ageless:
        context.log(
            f"Nothing says how recent a row is in {', '.join(ageless)}: there the pool's stays.",
            level=Level.WARNING,
        )


def stopped(context: StepContext, error: ConflictsFound) -> StepFailed:
    """Keep the rows that the run stopped at, and say what to do."""
    migration = context.migration
    with context.writing():
        migration.conflicts.all().delete()
        Conflict.objects.bulk_create(
            Conflict(
                migration=migration,
                table=error.table,
                row_key=key[:LONGEST_KEY],
                verdict=ConflictVerdict.OPEN,
                differing=_differing(values),
            )
            for key, values in error.rows
        )
    for key in error.keys:
        context.log(f"{error.table} {key}: the pool has another row", level=Level.WARNING)
    if error.count > len(error.rows):
        more = error.count - len(error.rows)
        context.log(f"{error.table}: and {more:,} more in this chunk", level=Level.WARNING)
    return StepFailed(
        str(error),
        remedy="The page of conflicts lists them. Decide which row is to stay, then retry.",
    )


def store_conflicts(context: StepContext, transfer: Transfer) -> None:
    """The target's conflict tables are the truth; the console keeps a copy to show."""
    found = list_conflicts(
        transfer.plan,
        login=transfer.login,
        run_id=transfer.run_id,
        limit=SHOWN_CONFLICTS,
        masking=MASKING,
    )
    with context.writing():
        context.migration.conflicts.all().delete()
        Conflict.objects.bulk_create(
            Conflict(
                migration=context.migration,
                table=conflict.table,
                row_key=conflict.key[:LONGEST_KEY],
                verdict=conflict.verdict.value,
                differing=_differing(conflict.values),
            )
            for conflict in found
        )


def _differing(values: Sequence[ValuePair]) -> str:
    return json.dumps({each.column: [each.pool, each.server] for each in values})
