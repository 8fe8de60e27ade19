"""A rehearsal keeps its word: the server is not down for longer than the preflight said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from migrations_ui.states import StepName
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from pools.domain.durations import in_two_units

# Of the time it has, what starting the server again is left.
START_SECONDS = 60


def outage_limit(context: StepContext) -> Callable[[], None]:
    """Call what this gives now and then: it raises StepFailed once the server has to go up again.

    The time counts from the moment it was taken out of service, whichever worker did that. A
    migration has no such limit: there the server stays down until the cut-over.
    """
    migration = context.migration
    most = migration.outage_limit
    stop = migration.steps.filter(name=StepName.STOP).first()
    if most is None or stop is None or stop.started_at is None:
        return lambda: None
    give_up_at = stop.started_at + timedelta(seconds=most - START_SECONDS)

    def require_time() -> None:
        if migration.server_was_running and timezone.now() >= give_up_at:
            raise StepFailed(
                f"{migration.server} was to be down for at most "
                f"{in_two_units(timedelta(seconds=most))}, and its files are not read yet.",
                remedy="It starts again now. Rehearse when network and disks are less busy: the "
                "preflight forecasts the time from the rate of earlier runs.",
            )

    return require_time
