"""What a rehearsal says about the real migration: a line a step, with what was measured."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat

from migrations_ui.models import Migration, Step
from migrations_ui.services.step_durations import LEAST_SECONDS, worked_seconds
from migrations_ui.states import STEP_ORDER, MigrationKind, StepName, StepStatus

# What a rehearsal leaves out, and what its length hangs on.
NOT_REHEARSED: dict[str, str] = {
    StepName.CUTOVER: "As long as you take: the server is down meanwhile.",
    StepName.CONFIGURE: "Not rehearsed: travelerUtil db set and its check, on the host.",
    StepName.START: "Not rehearsed: Domino and Traveler start on the pool’s database.",
    StepName.CONFIRM: "Not rehearsed: hadr show and a probe device, some seconds at best.",
}


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """`seconds` None: it was not measured; `basis` says what was, or why not."""

    step: str
    seconds: float | None
    basis: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """`seconds_to_gate` adds up what was measured; the server is down from the stop on."""

    lines: tuple[ForecastLine, ...]
    seconds_to_gate: float
    seconds_down: float


def make_forecast(rehearsal: Migration) -> Forecast | None:
    """None for a rehearsal that has not got through, and for a migration."""
    steps = {step.name: step for step in rehearsal.steps.all()}
    needed = [name for name in STEP_ORDER[MigrationKind.MIGRATION] if name not in NOT_REHEARSED]
    if not rehearsal.is_rehearsal or any(
        name not in steps or steps[name].status != StepStatus.DONE for name in needed
    ):
        return None
    lines = tuple(
        ForecastLine(StepName(name).label, None, NOT_REHEARSED[name])
        if name in NOT_REHEARSED
        else _measured(rehearsal, steps[name])
        for name in STEP_ORDER[MigrationKind.MIGRATION]
    )
    seconds = {line.step: line.seconds or 0 for line in lines}
    to_gate = sum(seconds.values())
    return Forecast(lines, to_gate, to_gate - seconds[StepName.PREFLIGHT.label])


def _measured(rehearsal: Migration, step: Step) -> ForecastLine:
    taken = worked_seconds(step) or LEAST_SECONDS
    rows = sum(table.rows_total for table in rehearsal.tables.all())
    basis = ""
    if step.name == StepName.STOP:
        basis = f"with {rehearsal.drain_seconds} s for running syncs to end"
    elif step.name == StepName.BACKUP and rehearsal.backup_bytes:
        size = rehearsal.backup_bytes
        basis = f"{filesizeformat(size)}, {filesizeformat(size / taken)} a second"
    elif step.name in {StepName.COPY, StepName.VERIFY}:
        basis = f"{rows:,} rows, {rows / taken:,.0f} a second"
    if step.name == StepName.COPY and rehearsal.rows_per_second:
        basis += f", held to {rehearsal.rows_per_second:,} a second at most"
    if step.attempts > 1:
        basis = f"{basis}; begun {step.attempts} times, which takes longer".removeprefix("; ")
    return ForecastLine(step.get_name_display(), round(taken, 1), basis)
