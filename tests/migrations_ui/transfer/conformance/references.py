"""What the tests of foreign keys share: settings, and questions to a target about its tables.

Db2 keeps names in capitals, so that they are looked for whatever their case.
"""

from __future__ import annotations

from typing import Any

from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.merge_policy import MergePolicy
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.undo.rollback import RemovedTable, remove_run
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.runs import RUN

ALONE = TransferSettings(chunk_rows=1, parallel_tables=1, exclusive=True)
BESIDE = TransferSettings(chunk_rows=1, parallel_tables=1, policy=MergePolicy.SERVER)

# Whose foreign keys are out of force for everybody while they are deferred.
FOR_ALL = frozenset({"postgresql", "sqlserver", "db2"})


def text(bench: Bench) -> str:
    """The engine's type for text, without its length."""
    return bench.description.columns[0][2].partition("(")[0]


def everything(bench: Bench, table: str) -> set[tuple[Any, ...]]:
    return set(bench.run(f"SELECT * FROM {table}"))  # noqa: S608


def verified(source: Any, bench: Bench) -> bool:
    plan = plan_transfer(source, bench.login)
    return all(each.equal for each in verify(plan, source=source, login=bench.login, run_id=RUN))


def rolled_back(source: Any, bench: Bench) -> tuple[RemovedTable, ...]:
    plan = plan_transfer(source, bench.login)
    return remove_run(plan, source=source, login=bench.login, run_id=RUN)


def rewritten(source: Any, bench: Bench, table: str) -> int:
    tables = plan_transfer(source, bench.login).tables
    (plan,) = (one for one in tables if one.name.casefold() == table)
    return repair_table(plan, source=source, login=bench.login, run_id=RUN).rows_rewritten
