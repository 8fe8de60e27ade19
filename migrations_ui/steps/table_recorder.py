"""What the copying threads report, collected, and written to the console's rows at each tick."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.utils import timezone

from migrations_ui.live.events import announce
from migrations_ui.models import Migration, ProgressSample, TableTransfer
from migrations_ui.states import Level, TransferStatus, Verification
from migrations_ui.steps.context import Journal
from migrations_ui.transfer.plan import TransferPlan
from migrations_ui.transfer.policy import Met
from migrations_ui.transfer.rejects import Reject

SHORTEST_SAMPLE = timedelta(seconds=1)
# Samples grow rarer as the copy grows longer: some hundreds, however long it takes.
SAMPLES_PER_DURATION = 200
WRITTEN = (
    "status",
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


class TableRecorder:
    """An Observer of the transfer engine; `flush` is called by the watch."""

    def __init__(self, migration: Migration, plan: TransferPlan, journal: Journal) -> None:
        self._migration = migration
        self._journal = journal
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._changed: set[str] = set()
        self._began = timezone.now()
        self._sampled_at: datetime | None = None
        self._rows = {
            table.name: TableTransfer.objects.update_or_create(
                migration=migration,
                table=table.name,
                defaults={"position": position, "rows_total": table.row_count},
            )[0]
            for position, table in enumerate(plan.tables)
        }

    def table_started(self, table: str, rows_total: int, rows_already: int) -> None:
        with self._changing(table) as row:
            row.status = TransferStatus.COPYING
            row.rows_total, row.rows_copied = rows_total, rows_already
        goes_on = f", {rows_already:,} of them are there already" if rows_already else ""
        self._journal.log(f"{table}: {rows_total:,} rows{goes_on}")

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        with self._changing(table) as row:
            row.rows_copied, row.written_at = rows_done, timezone.now()
            total = row.rows_total
        self._journal.log(
            f"{table}: {rows_done:,} of {total:,} rows committed ({rows:,} in {seconds:.2f} s)"
        )

    def rows_met(self, table: str, met: Met) -> None:
        with self._changing(table) as row:
            row.rows_updated, row.rows_equal, row.rows_kept = met.updated, met.equal, met.kept

    def table_finished(self, table: str, rows_written: int, rows_rejected: int) -> None:
        with self._changing(table) as row:
            row.status = TransferStatus.COPIED
            row.rows_copied, row.rows_rejected = rows_written, rows_rejected
        self._journal.log(
            f"{table}: copied, {rows_written:,} rows written, {rows_rejected:,} rejected",
            level=Level.WARNING if rows_rejected else Level.INFO,
        )

    def table_verified(self, table: str, equal: bool, mismatches: int) -> None:
        with self._changing(table) as row:
            row.verification = Verification.EQUAL if equal else Verification.DIFFERENT
            row.verified_at, row.mismatches = timezone.now(), mismatches
        self._journal.log(
            f"{table}: verified, every row is equal"
            if equal
            else f"{table}: rows that differ between source and pool: {mismatches:,}",
            level=Level.INFO if equal else Level.ERROR,
        )

    def rejected(self, reject: Reject) -> None:
        with self._changing(reject.table) as row:
            row.rows_rejected += 1

    def note(self, text: str) -> None:
        self._journal.log(text)

    def flush(self) -> None:
        """Write the tables that changed, and a sample of the rows copied when one is due."""
        with self._flushing:
            with self._lock:
                changed, self._changed = self._changed, set()
                rows = [copy.copy(self._rows[table]) for table in changed]
                copied = sum(row.rows_settled for row in self._rows.values())
            if not rows:
                return
            try:
                self._write(rows, copied)
            except Error:
                with self._lock:
                    self._changed |= changed
                raise

    def _write(self, rows: list[TableTransfer], copied: int) -> None:
        now = timezone.now()
        with transaction.atomic():
            TableTransfer.objects.bulk_update(rows, WRITTEN)
            if self._sampled_at is None or now - self._sampled_at >= self._sample_interval(now):
                ProgressSample.objects.create(migration=self._migration, at=now, rows=copied)
                self._sampled_at = now
            announce(self._migration.pk)

    def _sample_interval(self, now: datetime) -> timedelta:
        return max(SHORTEST_SAMPLE, (now - self._began) / SAMPLES_PER_DURATION)

    @contextmanager
    def _changing(self, table: str) -> Iterator[TableTransfer]:
        with self._lock:
            self._changed.add(table)
            yield self._rows[table]
