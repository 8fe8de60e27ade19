"""The final report of a migration: who, when, what was checked, copied and left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils import timezone

from migrations_ui.models import Finding, Migration, Reject, Step, TableTransfer
from migrations_ui.models.finding import COMPATIBILITY
from migrations_ui.models.table_transfer import settled_equation
from migrations_ui.presentation.certificate import Certificate, certify
from migrations_ui.presentation.last_comparison import Comparison, last_comparison
from migrations_ui.presentation.outage import outage_clock, outage_of, waited_for_person
from migrations_ui.presentation.rehearsal_forecast import Forecast, make_forecast
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from migrations_ui.transfer.value_loss import Treatment

# A report is read by people; the page of rejects and the API list the others.
REJECTS_LISTED = 1000


@dataclass(frozen=True, slots=True)
class StepLine:
    """`seconds` is None while it runs, and for a step that was taken back."""

    step: str
    state: str
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    summary: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """What became of a table's rows: `copied` are those inserted, `kept` those of the pool that
    stayed with other values; `equation` is empty until all are settled. `stale_since` is when the
    verification ceased to show how things are."""

    table: str
    rows: int
    copied: int
    updated: int
    equal: int
    kept: int
    rejected: int
    corrected: int
    equation: str
    verification: str
    verified_at: datetime | None
    verified_before_cutover: bool
    stale_since: datetime | None
    mismatches: int


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A check of the preflight."""

    subject: str
    title: str
    outcome: str
    seen: str
    remedy: str


@dataclass(frozen=True, slots=True)
class IncompatibleLine:
    """`count` is None where it is no matter of values; `treatment` says what happened to them."""

    title: str
    table: str
    column: str
    kind: str
    outcome: str
    treatment: str
    count: int | None
    longest: int | None
    seen: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RejectLine:
    """A rejected row."""

    table: str
    key: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """`values` are column, how the source's value begins, and how it was corrected."""

    table: str
    row_key: str
    values: tuple[tuple[str, str, str], ...]
    corrected_by: str
    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Everything that is kept of a migration; `equation` is over all tables, and empty until each
    is copied. The JSON file and the API have the same fields."""

    kind: str
    server: str
    pool: str
    database: str
    run: str
    state: str
    started_by: str
    started_at: datetime | None
    confirmed_by: str
    confirmed_at: datetime | None
    finished_at: datetime | None
    failure: str
    backup_bytes: int | None
    backup_sha256: str
    source_sha256: str
    rows: int
    copied: int
    rejected: int
    corrected: int
    converted: int
    conflict_policy: str
    conflicts: int
    equation: str
    compared: Comparison | None
    certificate: Certificate | None
    steps: tuple[StepLine, ...]
    tables: tuple[TableLine, ...]
    findings: tuple[FindingLine, ...]
    incompatible_values: tuple[IncompatibleLine, ...]
    rejects: tuple[RejectLine, ...]
    rejects_left_off: int
    corrections: tuple[CorrectionLine, ...]
    # From the stop until it served again, and how long nothing went on for want of a person.
    outage_seconds: float | None
    expected_outage_seconds: float | None
    waited_seconds: float | None
    # Of a vendor transfer: the last line of the server that reported progress, end or failure.
    last_progress_line: str
    forecast: Forecast | None
    made_at: datetime

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def make_report(migration: Migration) -> MigrationReport:
    """The report as of now; a migration still under way has one too."""
    tables = [_table(table) for table in migration.tables.all()]
    findings = list(migration.findings.all())
    incompatible_values = [finding for finding in findings if finding.group == COMPATIBILITY]
    rejects = list(migration.rejects.all()[: REJECTS_LISTED + 1])
    left_off = migration.rejects.count() - REJECTS_LISTED if len(rejects) > REJECTS_LISTED else 0
    outage, waited = outage_of(migration), waited_for_person(migration)
    clock = outage_clock(migration)
    expected = clock.expected if clock else None
    compared, equation = last_comparison(migration), _equation(tables)
    return MigrationReport(
        kind=migration.get_kind_display(),
        server=migration.server.domino_name,
        pool=migration.pool.name,
        database=migration.pool.database.jdbc_url,
        run=migration.run_id,
        state=migration.get_status_display(),
        started_by=str(migration.actor),
        started_at=migration.started_at,
        confirmed_by=str(migration.confirmed_by or ""),
        confirmed_at=migration.confirmed_at,
        finished_at=migration.finished_at,
        failure=migration.failure,
        backup_bytes=migration.backup_bytes,
        backup_sha256=migration.backup_sha256,
        source_sha256=migration.source_sha256,
        rows=sum(line.rows for line in tables),
        copied=sum(line.copied for line in tables),
        rejected=sum(line.rejected for line in tables),
        corrected=sum(line.corrected for line in tables),
        converted=_converted(migration, incompatible_values),
        conflict_policy=migration.get_conflict_policy_display(),
        conflicts=sum(line.updated + line.kept for line in tables),
        equation=equation,
        compared=compared,
        certificate=_certificate(migration, tables, compared, is_settled=bool(equation)),
        steps=tuple(_step(step) for step in migration.steps.all()),
        tables=tuple(tables),
        findings=tuple(_finding(finding) for finding in findings if finding.group != COMPATIBILITY),
        incompatible_values=tuple(_incompatible(finding) for finding in incompatible_values),
        rejects=tuple(_reject(reject) for reject in rejects[:REJECTS_LISTED]),
        rejects_left_off=left_off,
        corrections=tuple(_corrections(migration)),
        outage_seconds=round(outage.total_seconds(), 1) if outage else None,
        expected_outage_seconds=round(expected.total_seconds(), 1) if expected else None,
        waited_seconds=round(waited.total_seconds(), 1) if waited is not None else None,
        last_progress_line=migration.last_progress_line,
        forecast=make_forecast(migration),
        made_at=timezone.now(),
    )


def _certificate(
    migration: Migration, tables: list[TableLine], compared: Comparison | None, *, is_settled: bool
) -> Certificate | None:
    if migration.state is not MigrationStatus.FINISHED:
        return None
    return certify(
        server=migration.server.short_name,
        pool=migration.pool.name,
        rows=sum(line.rows for line in tables),
        rejected=sum(line.rejected for line in tables),
        differ=compared.unequal if compared else None,
        is_settled=is_settled,
    )


def _step(step: Step) -> StepLine:
    seconds = None
    # A step that was taken back ended long after its own work.
    if step.started_at and step.finished_at and step.status != StepStatus.UNDONE:
        seconds = round((step.finished_at - step.started_at).total_seconds(), 1)
    return StepLine(
        step=step.get_name_display(),
        state=step.get_status_display(),
        attempts=step.attempts,
        started_at=step.started_at,
        finished_at=step.finished_at,
        seconds=seconds,
        summary=step.summary,
    )


def _table(table: TableTransfer) -> TableLine:
    return TableLine(
        table=table.table,
        rows=table.rows_total,
        copied=table.rows_copied,
        updated=table.rows_updated,
        equal=table.rows_equal,
        kept=table.rows_kept,
        rejected=table.rows_rejected,
        corrected=table.rows_corrected,
        equation=table.equation,
        verification=table.get_verification_display(),
        verified_at=table.verified_at,
        verified_before_cutover=table.verified_before_cutover,
        stale_since=table.stale_since,
        mismatches=table.mismatches,
    )


def _equation(tables: list[TableLine]) -> str:
    """Over all tables; empty until every one is copied."""
    if not tables or not all(line.equation for line in tables):
        return ""
    return settled_equation(
        sum(line.rows for line in tables),
        sum(line.copied for line in tables),
        sum(line.updated for line in tables),
        sum(line.equal + line.kept for line in tables),
        sum(line.rejected for line in tables),
        corrected=sum(line.corrected for line in tables),
    )


def _corrections(migration: Migration) -> Iterator[CorrectionLine]:
    if migration.is_rehearsal:
        # Its rows are dropped: none is written again.
        return
    for row in migration.corrections.select_related("corrected_by")[:REJECTS_LISTED]:
        yield CorrectionLine(
            table=row.table,
            row_key=row.row_key,
            values=tuple(row.values),
            corrected_by=str(row.corrected_by),
            corrected_at=row.corrected_at,
        )


def _finding(finding: Finding) -> FindingLine:
    return FindingLine(
        subject=finding.group,
        title=finding.title,
        outcome=finding.outcome,
        seen=finding.seen,
        remedy=finding.remedy,
    )


def _converted(migration: Migration, incompatible_values: list[Finding]) -> int:
    """Once the rows are there; counted when they were measured, whatever else kept a row back."""
    done = [step.name for step in migration.steps.all() if step.status == StepStatus.DONE]
    if StepName.COPY not in done:
        return 0
    return sum(
        each.count or 0 for each in incompatible_values if each.treatment == Treatment.CONVERT
    )


def _incompatible(finding: Finding) -> IncompatibleLine:
    return IncompatibleLine(
        title=finding.title,
        table=finding.table,
        column=finding.column,
        kind=finding.kind,
        outcome=finding.outcome,
        treatment=finding.treatment,
        count=finding.count,
        longest=finding.longest,
        seen=finding.seen,
        remedy=finding.remedy,
    )


def _reject(reject: Reject) -> RejectLine:
    return RejectLine(
        table=reject.table, key=reject.row_key, column=reject.column, reason=reject.reason
    )
