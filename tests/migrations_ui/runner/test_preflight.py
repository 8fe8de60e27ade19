"""The checks as a run of their own: they end, whatever happens."""

from __future__ import annotations

import pytest

from migrations_ui.models import Migration
from migrations_ui.runner import preflight
from migrations_ui.states import Level, MigrationStatus
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_checks_that_break_down_end_as_a_draft_and_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(migration: Migration) -> None:
        raise ValueError("postgresql://user:hunter2@db/x")

    monkeypatch.setattr(preflight, "gather", break_down)
    migration = MigrationFactory(status=MigrationStatus.CHECKING)
    preflight.run_checks(migration.pk)

    migration.refresh_from_db()
    assert migration.state is MigrationStatus.DRAFT
    assert migration.lease_owner == ""
    reported = migration.events.get()
    assert reported.level == Level.ERROR
    assert "ValueError" in reported.text
    assert "hunter2" not in reported.text
