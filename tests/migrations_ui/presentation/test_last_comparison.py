"""What was compared, and what may have changed it since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.presentation.confirmations import question
from migrations_ui.presentation.last_comparison import last_comparison
from migrations_ui.states import Action, MigrationStatus
from tests.factories import ServerFactory
from tests.migrations_ui.factories import MigrationFactory, TableTransferFactory

pytestmark = pytest.mark.django_db


def compared(migration: Migration) -> Migration:
    TableTransferFactory(migration=migration, verified=True)
    return migration


def since(migration: Migration) -> str:
    comparison = last_comparison(migration)
    assert comparison is not None
    return comparison.since


def test_before_a_comparison_nothing_is_said() -> None:
    migration = MigrationFactory(at_gate=True)
    assert last_comparison(migration) is None
    assert "What was compared" not in {
        p.heading for p in question(migration, Action.CONFIRM).points
    }


def test_at_the_gate_of_a_live_pool_it_is_said_that_others_go_on_writing() -> None:
    migration = compared(MigrationFactory(at_gate=True))
    assert since(migration) == ""
    # Neither the server itself nor one that was retired writes.
    ServerFactory(pool=migration.pool, retired_at=timezone.now())
    assert since(migration) == ""

    ServerFactory(pool=migration.pool)

    assert "other servers of" in since(migration)
    said = question(migration, Action.CONFIRM).points[-1]
    assert said.heading == "What was compared"
    assert "; all were equal. The other servers of" in said.text


def test_it_is_as_old_as_the_table_that_was_compared_first() -> None:
    migration = compared(MigrationFactory(at_gate=True))
    first = timezone.now() - timedelta(hours=2)
    TableTransferFactory(
        migration=migration,
        verified=True,
        verified_at=first,
        mismatches=3,
        verification="different",
    )
    comparison = last_comparison(migration)
    assert comparison is not None
    assert (comparison.at, comparison.found) == (first, "3 of them were not equal")


def test_what_the_migration_wrote_after_it_and_the_cut_over_age_it_too() -> None:
    rewritten = compared(MigrationFactory(at_gate=True))
    rewritten.tables.update(written_at=timezone.now() + timedelta(seconds=1))
    assert "written again since" in since(rewritten)
    assert "Since the cut-over" in since(compared(MigrationFactory(finished=True)))


@pytest.mark.parametrize(
    "traits",
    [
        {"rehearsed": True},
        {"at_gate": True, "status": MigrationStatus.CANCELLED, "is_going_back": True},
    ],
)
def test_rows_that_are_not_in_the_pool_age_by_nobody(traits: dict[str, object]) -> None:
    migration = compared(MigrationFactory(**traits))
    ServerFactory(pool=migration.pool)
    assert since(migration) == ""


def test_a_row_that_a_person_corrected_is_not_called_equal() -> None:
    migration = compared(MigrationFactory(at_gate=True))
    migration.tables.update(rows_corrected=2)
    comparison = last_comparison(migration)
    assert comparison is not None
    assert comparison.found == "2 as a person corrected them, all others equal"
