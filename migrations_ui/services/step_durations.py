"""How long each step of a migration is going to take, by what earlier runs took."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from migrations_ui.models import Migration, Step
from migrations_ui.models.migration import RUNS_ASKED
from migrations_ui.progress.samples import Sample, time_at_rest
from migrations_ui.states import StepName, StepStatus

# They take longer the more a server has; the others take what a host takes.
GROWS_WITH_DATA = frozenset(
    {
        *(StepName.BACKUP, StepName.FETCH, StepName.COMPATIBILITY),
        *(StepName.COPY, StepName.VERIFY),
    }
)
# What took no time is divided by.
LEAST_SECONDS = 0.1
# The gate takes as long as a person does; the server's own transfer has no measure.
NOT_EXPECTED = frozenset({StepName.CUTOVER, StepName.FOLLOW})


def expect_step_durations(migration: Migration) -> None:
    """Write down at the start what is expected, so that what comes can be held against it: by this
    server's last rehearsal, or else by the last runs of any."""
    rehearsed = _steps_of_rehearsal(migration)
    steps = [step for step in migration.steps.all() if step.name not in NOT_EXPECTED]
    for step in steps:
        own = rehearsed.get(step.name)
        step.expected_seconds = _by_earlier_runs(migration, step.name) if own is None else own
    Step.objects.bulk_update(steps, ["expected_seconds"])


def worked_seconds(step: Step) -> float | None:
    """From begin to end, without the time in which a copy rested; None where it has not ended."""
    if step.started_at is None or step.finished_at is None or step.status != StepStatus.DONE:
        return None
    taken = step.finished_at - step.started_at
    if step.name == StepName.COPY:
        samples = step.migration.samples.all()
        taken -= time_at_rest([Sample(each.at, each.rows, each.resumes) for each in samples])
    return max(LEAST_SECONDS, taken / timedelta(seconds=1))


def _steps_of_rehearsal(migration: Migration) -> dict[str, float | None]:
    last = migration.server.migrations.last_rehearsed()
    return {step.name: worked_seconds(step) for step in last.steps.all()} if last else {}


def _by_earlier_runs(migration: Migration, name: str) -> float | None:
    """The median of the last runs that had the step."""
    steps = (
        Step.objects.filter(name=name, status=StepStatus.DONE, attempts=1)
        .exclude(migration=migration.pk)
        .select_related("migration")
    )
    if name not in GROWS_WITH_DATA:
        taken = [worked_seconds(step) for step in steps.order_by("-pk")[:RUNS_ASKED]]
        known = [seconds for seconds in taken if seconds is not None]
        return median(known) if known else None
    if not migration.source_bytes:
        return None
    rates = [
        seconds / step.migration.source_bytes
        for step in steps.filter(migration__source_bytes__gt=0).order_by("-pk")[:RUNS_ASKED]
        if (seconds := worked_seconds(step)) is not None and step.migration.source_bytes
    ]
    return median(rates) * migration.source_bytes if rates else None
