"""How long a rehearsal may keep its server down."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import StepName, StepStatus
from migrations_ui.steps import backup
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.outage import START_SECONDS, outage_limit
from migrations_ui.transfer.control import Unattended
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.steps.test_copy import Lines

pytestmark = pytest.mark.django_db
LIMIT = 300


def stopped_for(seconds: int, **facts: object) -> StepContext:
    """A run whose server has been out of service for so long."""
    facts = {"rehearsal": True, "outage_limit": LIMIT, "server_was_running": True, **facts}
    migration: Migration = MigrationFactory(started=True, **facts)
    begun = timezone.now() - timedelta(seconds=seconds)
    migration.steps.filter(name=StepName.STOP).update(status=StepStatus.DONE, started_at=begun)
    return StepContext(migration, Lines(), Unattended(), ticking=lambda _: nullcontext())


def test_it_goes_on_while_there_is_time_to_start_the_server_again() -> None:
    outage_limit(stopped_for(LIMIT - START_SECONDS - 30))()


def test_past_that_it_gives_up_with_what_to_do() -> None:
    context = stopped_for(LIMIT - START_SECONDS)
    with pytest.raises(StepFailed, match="at most 5 min") as raised:
        outage_limit(context)()
    assert "starts again now" in raised.value.remedy
    # Whichever worker it was that stopped the server: another begins no backup any more.
    with pytest.raises(StepFailed, match="at most 5 min"):
        backup.run(context)


@pytest.mark.parametrize(
    "facts", [{"server_was_running": False}, {"outage_limit": None, "rehearsal": False}]
)
def test_what_was_down_before_and_a_real_migration_have_no_limit(facts: dict[str, object]) -> None:
    outage_limit(stopped_for(10 * LIMIT, **facts))()
