"""What a comparison may conclude; and what is said when rows differ: a retry writes rows again, and
removes none."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from migrations_ui.runner.journal import StepJournal
from migrations_ui.states import StepName
from migrations_ui.steps import verify
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted
from migrations_ui.steps.transfer.transfer_plan import Transfer
from migrations_ui.steps.verify import compare_all, remedy_of
from migrations_ui.transfer.compare.verify import TableVerdict
from migrations_ui.transfer.control import Unattended
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.tables import DifferenceKind, RowDifference, SourceTable, TablePlan
from tests.migrations_ui.factories import MigrationFactory


def verdict(table: str, *kinds: DifferenceKind) -> TableVerdict:
    differences = tuple(RowDifference("[1]", kind, ()) for kind in kinds)
    return TableVerdict(table, False, 1, 1, len(kinds), differences, datetime.now(UTC))


def test_what_a_retry_mends_is_not_said_of_rows_that_only_the_pool_has() -> None:
    lost = verdict("users", DifferenceKind.MISSING, DifferenceKind.DIFFERS)
    assert remedy_of([lost]).endswith("Retry: they are written again, then compared again.")
    reported = remedy_of([lost, verdict("devices", DifferenceKind.EXTRA)])
    assert "missing or differ are written again" in reported
    assert "only the pool has stay (devices)" in reported
    assert "cancel the migration" in reported


@pytest.mark.django_db
def test_a_comparison_cut_short_by_a_pause_that_is_over_concludes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    migration = MigrationFactory(copying=True)
    plan = TransferPlan((planned("users"), planned("devices")), ())
    journal = StepJournal(migration.steps.get(name=StepName.VERIFY))
    context = StepContext(migration, journal, Unattended(), lambda tick: nullcontext())
    equal = TableVerdict("users", True, 1, 1, 0, (), datetime.now(UTC))

    def only_the_first(*given: Any, **options: Any) -> tuple[TableVerdict, ...]:
        return (equal,)

    monkeypatch.setattr(verify, "compare", only_the_first)
    with pytest.raises(Interrupted):
        compare_all(
            context,
            cast("Transfer", SimpleNamespace(plan=plan, source=None, login=None, run_id="r")),
        )


def planned(name: str) -> TablePlan:
    source = SourceTable("APP", name.upper(), 1, ("ID",), ())
    return TablePlan(source=source, name=name, columns=(), key=("id",))
