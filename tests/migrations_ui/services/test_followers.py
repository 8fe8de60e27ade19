"""A migration's page is notified when its database was read, and no other page is."""

from __future__ import annotations

import pytest

from migrations_ui.services.followers import migrations_into_database
from migrations_ui.states import MigrationStatus, StepName
from pools.broadcast import channel, events
from tests.factories import PoolFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


def test_only_moves_that_have_not_ended_follow() -> None:
    pool = PoolFactory()
    failed = MigrationFactory(broken=True, pool=pool, current_step=StepName.SCHEMA)
    MigrationFactory(pool=pool, status=MigrationStatus.CANCELLED)
    MigrationFactory(broken=True)
    assert migrations_into_database(pool.database_id) == {f"migration-{failed.pk}"}


@pytest.mark.django_db(transaction=True)
def test_reading_the_level_tells_the_moves_page(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(channel, "send", told.extend)
    migration = MigrationFactory(broken=True, current_step=StepName.SCHEMA)
    events.announce_database(migration.pool.database_id)
    assert {f"migration-{migration.pk}", f"schema-{migration.pool.database_id}"} <= set(told)
