"""What the copying threads report, collected, and written to the console's rows at each tick."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import Error
from django.utils import timezone

from migrations_ui.broadcast import announce
from migrations_ui.models import Migration, ProgressSample, TableTransfer
from migrations_ui.progress.samples import Sample, Sampler
from migrations_ui.states import Level, TableVerification, TransferStatus
from migrations_ui.steps.context import Journal
from migrations_ui.transfer.checkpoint.rejects import RejectedRow
from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.plan.stored_plan import packed

ROWS_AT_ONCE = 500
WRITTEN = (
    "status",
    "keys_since",
    "keys_part",
    "rows_total",
    "rows_copied",
    "rows_updated",
    "rows_equal",
    "rows_kept",
    "rows_rejected",
    "verification",
    "verified_at",
    "written_at",
    "mismatches",
)


@dataclass(frozen=True, slots=True)
class Slowed:
    """Since when the copy holds itself back, and how many times longer the commits take."""

    since: datetime | None
    times: float | None


FULL_SPEED = Slowed(None, None)


class TableRecorder:
    """An Observer of the transfer engine; `flush` is called by the watch."""

    def __init__(
        self, migration: Migration, plan: TransferPlan, journal: Journal, *, attempt: int = 0
    ) -> None:
        self._migration = migration
        self._attempt = attempt
        self._journal = journal
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._changed: set[str] = set()
        self._sampler = Sampler()
        # An earlier stretch may have ended while it was slowed.
        self._slowed = FULL_SPEED
        self._pace_changed = True
        with Migration.objects.writing(migration.pk, attempt=attempt):
            # A worker that was killed left one in the midst of its keys.
            TableTransfer.objects.filter(migration=migration, status=TransferStatus.KEYING).update(
                status=TransferStatus.COPYING, keys_since=None, keys_part=0.0
            )
            self._rows = _rows_of(migration, plan)
        self._settled_of = {row.table: row.rows_settled for row in self._rows.values()}
        self._settled = sum(self._settled_of.values())

    def table_started(self, table: str, rows_total: int, rows_already: int) -> None:
        with self._changing(table) as row:
            row.status = TransferStatus.COPYING
            row.rows_total, row.rows_copied = rows_total, rows_already
            row.keys_since, row.keys_part = None, 0.0
            self._sampler.begin(timezone.now(), self._rows_settled(row))
        goes_on = f", {rows_already:,} of them are there already" if rows_already else ""
        self._journal.log(f"{table}: {rows_total:,} rows{goes_on}")

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        with self._changing(table) as row:
            row.rows_copied = rows_done
            row.written_at = timezone.now()
            total = row.rows_total
            self._sampler.committed(row.written_at, self._rows_settled(row))
        self._journal.log(
            f"{table}: {rows_done:,} of {total:,} rows committed ({rows:,} in {seconds:.2f} s)"
        )

    def conflicting_rows(self, table: str, merged: MergeCounts) -> None:
        with self._changing(table) as row:
            row.rows_updated, row.rows_equal, row.rows_kept = (
                merged.updated,
                merged.equal,
                merged.kept,
            )

    def keys_made(self, table: str, part: float) -> None:
        with self._changing(table) as row:
            begins = row.status != TransferStatus.KEYING
            if begins:
                row.status, row.keys_since = TransferStatus.KEYING, timezone.now()
            row.keys_part = part
        if begins:
            self._journal.log(f"{table}: all rows are there, now its keys are made")

    def rest(self) -> None:
        """Nobody makes keys any more, whatever ended that."""
        with self._lock:
            for name, row in self._rows.items():
                if row.status == TransferStatus.KEYING:
                    row.status, row.keys_since, row.keys_part = TransferStatus.COPYING, None, 0.0
                    self._changed.add(name)

    def table_finished(self, table: str, rows_written: int, rows_rejected: int) -> None:
        with self._changing(table) as row:
            row.status = TransferStatus.COPIED
            row.rows_copied, row.rows_rejected = rows_written, rows_rejected
            became = row.equation
        self._journal.log(
            f"{table}: copied, {became}",
            level=Level.WARNING if rows_rejected else Level.INFO,
        )

    def table_verified(self, table: str, equal: bool, mismatches: int) -> None:
        with self._changing(table) as row:
            row.verification = TableVerification.EQUAL if equal else TableVerification.DIFFERENT
            row.verified_at, row.mismatches = timezone.now(), mismatches
        self._journal.log(
            f"{table}: verified, every row is equal"
            if equal
            else f"{table}: rows that differ between source and pool: {mismatches:,}",
            level=Level.INFO if equal else Level.ERROR,
        )

    def rejected(self, reject: RejectedRow) -> None:
        with self._changing(reject.table) as row:
            row.rows_rejected += 1

    def slowed(self, times: float) -> None:
        with self._lock:
            self._slowed = Slowed(timezone.now(), times)
            self._pace_changed = True
        self._journal.log(
            f"Slowed down: the database takes {times:.0f}× longer to commit. The copy pauses after "
            "each chunk until that is over.",
            level=Level.WARNING,
        )

    def recovered(self, *, accepted: bool) -> None:
        with self._lock:
            self._slowed = FULL_SPEED
            self._pace_changed = True
        self._journal.log(
            "The database has stayed slow for long: the copy goes on without pauses, at its pace."
            if accepted
            else "The database commits as quickly as before: the copy goes on at full speed."
        )

    def note(self, text: str) -> None:
        self._journal.log(text)

    def flush(self) -> None:
        """Write the tables that changed, and the samples taken since the last time."""
        with self._flushing:
            with self._lock:
                changed, self._changed = self._changed, set()
                slowed = self._slowed if self._pace_changed else None
                self._pace_changed = False
                rows = [copy.copy(self._rows[table]) for table in changed]
                samples, self._sampler.taken = self._sampler.taken, []
            if not rows and slowed is None:
                return
            try:
                self._write(rows, samples, slowed)
            except Error:
                with self._lock:
                    self._changed |= changed
                    self._sampler.taken[:0] = samples
                    self._pace_changed |= slowed is not None
                raise

    def _write(
        self, rows: list[TableTransfer], samples: list[Sample], slowed: Slowed | None
    ) -> None:
        with Migration.objects.writing(self._migration.pk, attempt=self._attempt):
            if slowed is not None:
                Migration.objects.filter(pk=self._migration.pk).update(
                    slowed_since=slowed.since, slowed_factor=slowed.times
                )
            TableTransfer.objects.bulk_update(rows, WRITTEN)
            ProgressSample.objects.bulk_create(
                ProgressSample(migration=self._migration, **asdict(sample)) for sample in samples
            )
            announce(self._migration.pk)

    @contextmanager
    def _changing(self, table: str) -> Iterator[TableTransfer]:
        with self._lock:
            self._changed.add(table)
            row = self._rows[table]
            yield row
            self._rows_settled(row)

    def _rows_settled(self, changed: TableTransfer) -> int:
        """Of all tables, of which this one has changed: there may be thousands."""
        now = changed.rows_settled
        self._settled += now - self._settled_of[changed.table]
        self._settled_of[changed.table] = now
        return self._settled


def _rows_of(migration: Migration, plan: TransferPlan) -> dict[str, TableTransfer]:
    """One row a table, as planned now; a few statements, however many tables there are."""
    known = {row.table: row for row in migration.tables.all()}
    missing: list[TableTransfer] = []
    changed: list[TableTransfer] = []
    for position, table in enumerate(plan.tables):
        planned = {"position": position, "rows_total": table.row_count, "plan": packed(table)}
        row = known.get(table.name)
        if row is None:
            missing.append(TableTransfer(migration=migration, table=table.name, **planned))
        elif any(getattr(row, name) != value for name, value in planned.items()):
            for name, value in planned.items():
                setattr(row, name, value)
            changed.append(row)
    TableTransfer.objects.bulk_create(missing, batch_size=ROWS_AT_ONCE)
    TableTransfer.objects.bulk_update(
        changed, ["position", "rows_total", "plan"], batch_size=ROWS_AT_ONCE
    )
    # Not every database returns the numbers of rows that were created together.
    names = {table.name for table in plan.tables}
    return {row.table: row for row in migration.tables.all() if row.table in names}
