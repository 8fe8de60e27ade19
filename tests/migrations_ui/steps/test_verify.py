"""What is said when rows differ: a retry writes rows again, and removes none."""

from __future__ import annotations

from datetime import UTC, datetime

from migrations_ui.steps.verify import remedy_of
from migrations_ui.transfer.tables import DifferenceKind, RowDifference
from migrations_ui.transfer.verify import TableVerdict


def verdict(table: str, *kinds: DifferenceKind) -> TableVerdict:
    differences = tuple(RowDifference("[1]", kind, ()) for kind in kinds)
    return TableVerdict(table, False, 1, 1, len(kinds), differences, datetime.now(UTC))


def test_what_a_retry_mends_is_not_said_of_rows_that_only_the_pool_has() -> None:
    lost = verdict("users", DifferenceKind.MISSING, DifferenceKind.DIFFERS)
    assert remedy_of([lost]).endswith("Retry: they are written again, then compared again.")
    told = remedy_of([lost, verdict("devices", DifferenceKind.EXTRA)])
    assert "missing or differ are written again" in told
    assert "only the pool has stay (devices)" in told
    assert "cancel the move" in told
