"""How long each step of a migration is going to take, by what earlier runs took."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from migrations_ui.models import Migration, Step
from migrations_ui.models.migration import RUNS_ASKED
from migrations_ui.progress.samples import Sample, time_at_rest
from migrations_ui.states import STEP_ORDER, MigrationStatus, StepName, StepStatus

# They take longer the more a server has; the others take what a host takes.
GROWS_WITH_DATA = frozenset(
    {
        *(StepName.BACKUP, StepName.FETCH, StepName.COMPATIBILITY),
        *(StepName.COPY, StepName.VERIFY),
    }
)
# The gate takes as long as a person does; the server's own transfer has no measure.
NOT_EXPECTED = frozenset({StepName.CUTOVER, StepName.FOLLOW})


def expect_step_durations(migration: Migration) -> None:
    """Write down at the start what is expected, so that what comes can be held against it."""
    expected = _expected_seconds(migration)
    steps = list(migration.steps.all())
    for step in steps:
        step.expected_seconds = expected.get(StepName(step.name))
    Step.objects.bulk_update(steps, ["expected_seconds"])


def worked_seconds(step: Step) -> float | None:
    """From begin to end, without the time in which a copy rested; None where it has not ended."""
    if step.started_at is None or step.finished_at is None or step.status != StepStatus.DONE:
        return None
    taken = step.finished_at - step.started_at
    if step.name == StepName.COPY:
        samples = step.migration.samples.all()
        taken -= time_at_rest([Sample(each.at, each.rows, each.resumes) for each in samples])
    return max(0.1, taken / timedelta(seconds=1))


def _expected_seconds(migration: Migration) -> dict[StepName, float]:
    """Of this server's last rehearsal, or else the median of the last runs that had the step."""
    expected: dict[StepName, float] = {}
    rehearsed = _steps_of_rehearsal(migration)
    for name in STEP_ORDER[migration.kind_enum]:
        if name in NOT_EXPECTED:
            continue
        own = rehearsed.get(name)
        seconds = _by_earlier_runs(migration, name) if own is None else own
        if seconds is not None:
            expected[name] = seconds
    return expected


def _steps_of_rehearsal(migration: Migration) -> dict[StepName, float]:
    done = migration.server.migrations.filter(status=MigrationStatus.REHEARSED)
    last = done.order_by("-finished_at").first()
    if last is None:
        return {}
    worked = {StepName(step.name): worked_seconds(step) for step in last.steps.all()}
    return {name: seconds for name, seconds in worked.items() if seconds is not None}


def _by_earlier_runs(migration: Migration, name: StepName) -> float | None:
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
