"""A migration that is asked for while the queue is away."""

from __future__ import annotations

import pytest

from migrations_ui.services.migrations import check_migration, start_migration
from migrations_ui.states import Level, MigrationStatus
from tests.closed_queue import closed_queue
from tests.factories import UserFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_person_is_answered_at_once_and_reported_that_nothing_is_lost() -> None:
    actor = UserFactory()
    check = MigrationFactory(actor=actor)
    start = MigrationFactory(actor=actor, status=MigrationStatus.READY)
    with closed_queue() as connect:
        check_migration(check, actor=actor)
        start_migration(start, actor=actor)
        assert connect.call_count == 2

    for migration, status in ((check, MigrationStatus.CHECKING), (start, MigrationStatus.RUNNING)):
        migration.refresh_from_db()
        assert migration.status == status
        event = migration.events.last()
        assert event is not None
        assert event.level == Level.WARNING
        assert "begins by itself when Redis is back" in event.text
        assert event.sequence == migration.last_event
