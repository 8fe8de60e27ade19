"""The control tables: what a run has committed, kept in the target beside the rows.

A chunk's row here is written in the transaction that writes the chunk's rows, so neither can be
without the other, whatever is killed when. The SQL is what every engine understands.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from migrations_ui.transfer.checkpoint.attempts import Attempt
from migrations_ui.transfer.checkpoint.control_tables import (
    CHUNK,
    CONTROL_TABLES,
    DEFERRED,
    FOREIGN_KEYS_FROM,
    REJECT,
    TABLE,
    create_missing,
    fitting,
)
from migrations_ui.transfer.checkpoint.deferred_keys import DeferredKeys
from migrations_ui.transfer.checkpoint.table_progress import LoadMode, TableProgress, require_counts
from migrations_ui.transfer.digests import Digests
from migrations_ui.transfer.engines.base import KeyConflict, Target
from migrations_ui.transfer.errors import (
    NotCopied,
    SourceChanged,
    TargetRefused,
)
from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.pacing.chunk_size import neighbours
from migrations_ui.transfer.tables import RejectedRow, RejectedValue, TablePlan

# So many keys are held in memory.
KEYS_AT_ONCE = 20_000

# Of so few rows, keys are kept up to date sooner than they are dropped and made again.
FEW_ROWS = 500

# Called before each key that is made: its number, 0 at first, and of how many.
BeforeKey = Callable[[int, int], None]


def _unwatched(number: int, of: int) -> None:
    """Nobody wants to know."""


class PositionMoved(Exception):
    """The committed position is not the expected one: somebody else committed a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one transaction settles: the source rows from first_row to before next_row.

    `rows_written` are those inserted.
    """

    first_row: int
    next_row: int
    rows_written: int
    digests: Digests
    rejects: tuple[RejectedRow, ...]
    merged: MergeCounts = MergeCounts()  # noqa: RUF009  frozen


class Checkpoint:
    """The control tables of one run, over one connection. Callers open the transactions."""

    def __init__(self, target: Target, run_id: str, *, attempt: int = 0) -> None:
        """Writing under an `attempt` that is not the latest raises RunnerReplaced."""
        self._target = target
        self.attempt = Attempt(target, run_id, attempt)
        self.run_id = run_id
        self.deferred_keys = DeferredKeys(target, run_id)

    def create_tables(self) -> None:
        """Create what is missing. Call outside of a transaction."""
        create_missing(self._target)

    def start_table(self, table: TablePlan, *, exclusive: bool) -> TableProgress:
        """Note the table, once; a later call finds it as it stands. Raises SourceChanged."""
        known = self.progress(table.name)
        if known is None:
            self.attempt.require_latest()
            mode = LoadMode.MERGE
            if self._target.introspection.is_empty(table.name):
                mode = LoadMode.EXCLUSIVE if exclusive else LoadMode.DIRECT
            known = TableProgress(mode, table.row_count, 0, 0, MergeCounts(), 0, False)
            counts = [0] * 7
            self._target.execute(
                TABLE.insert,
                [*self._of(table), mode.value, table.row_count, *counts, self.attempt.number],
            )
            if mode is LoadMode.EXCLUSIVE and table.row_count > FEW_ROWS:
                self._defer_keys(table)
            if table.later:
                self.deferred_keys.defer(table, alone=exclusive)
        if known.rows_total != table.row_count:
            raise SourceChanged(
                f"{table.name}: {table.row_count:,} rows now, {known.rows_total:,} when the run "
                f"began. {SourceChanged()}"
            )
        return known

    def has_begun(self) -> bool:
        """Whether the run has met any table, or still has a deferred foreign key."""
        return any(
            self._target.execute(
                f"SELECT COUNT(*) FROM {control.name} WHERE run_id = %s",  # noqa: S608
                [self.run_id],
            )[0][0]
            for control in (TABLE, DEFERRED)
        )

    def progress(self, table_name: str) -> TableProgress | None:
        rows = self._target.execute(
            "SELECT way, rows_total, next_row, rows_written, rows_updated, rows_equal, rows_kept, "
            "rows_rejected, finished "
            "FROM lg_table WHERE run_id = %s AND table_name = %s",
            [self.run_id, table_name],
        )
        if not rows:
            return None
        mode, total, next_row, written, *merged, rejected, finished = rows[0]
        return TableProgress(
            LoadMode(mode), total, next_row, written, MergeCounts(*merged), rejected, bool(finished)
        )

    def lock_position(self, table: TablePlan, *, expected: int) -> None:
        """Lock the table's position until the end of the transaction.

        An UPDATE waits for whoever holds the row, and then looks again. Raises PositionMoved: a
        twin, or a predecessor's last commit, was faster; and RunnerReplaced for an attempt that is
        not the latest.
        """
        held = self._target.change(
            "UPDATE lg_table SET attempt = %s WHERE run_id = %s AND table_name = %s "
            "AND attempt <= %s AND next_row = %s AND finished = 0",
            [self.attempt.number, *self._of(table), self.attempt.number, expected],
        )
        if not held:
            self.attempt.require_latest()
            raise PositionMoved

    def lock_any_position(self, table: TablePlan) -> TableProgress | None:
        """Lock the table wherever it is, until the end of the transaction; None if unknown.

        Raises RunnerReplaced for an attempt that is not the latest.
        """
        held = self._target.change(
            "UPDATE lg_table SET attempt = %s WHERE run_id = %s AND table_name = %s "
            "AND attempt <= %s",
            [self.attempt.number, *self._of(table), self.attempt.number],
        )
        if not held:
            self.attempt.require_latest()
        return self.progress(table.name)

    def record(self, table: TablePlan, chunk: Chunk) -> None:
        self._target.execute(
            "UPDATE lg_table SET next_row = %s, rows_written = rows_written + %s, "
            "rows_updated = rows_updated + %s, rows_equal = rows_equal + %s, "
            "rows_kept = rows_kept + %s, rows_rejected = rows_rejected + %s "
            "WHERE run_id = %s AND table_name = %s",
            [
                *(chunk.next_row, chunk.rows_written),
                *(chunk.merged.updated, chunk.merged.equal, chunk.merged.kept),
                *(len(chunk.rejects), *self._of(table)),
            ],
        )
        self._note_chunk(table, chunk)

    def record_whole(self, table: TablePlan, chunk: Chunk) -> TableProgress:
        """Note the table, its only chunk and its end, in the transaction that writes its rows.

        Raises RunnerReplaced, KeyConflict where somebody else has noted it, and as
        `require_counts`.
        """
        rejected = len(chunk.rejects)
        done = TableProgress(
            *(LoadMode.EXCLUSIVE, table.row_count, chunk.next_row, chunk.rows_written),
            *(MergeCounts(), rejected, True),
        )
        require_counts(table, done)
        self.attempt.require_latest()
        self._target.execute(
            TABLE.insert,
            [
                *(*self._of(table), done.mode.value, table.row_count),
                *(chunk.next_row, chunk.rows_written, 0, 0, 0, rejected, 1),
                self.attempt.number,
            ],
        )
        if chunk.next_row:
            self._note_chunk(table, chunk)
        self._target.operations.finish_load(table)
        return done

    def _note_chunk(self, table: TablePlan, chunk: Chunk) -> None:
        self._target.execute(
            CHUNK.insert,
            [
                *self._of(table),
                *(chunk.first_row, chunk.next_row, chunk.rows_written, len(chunk.rejects)),
                *(chunk.digests.pack(), datetime.now(UTC).isoformat()),
            ],
        )
        if chunk.rejects:
            self._target.execute_many(
                REJECT.insert,
                [
                    [
                        *(*self._of(table), chunk.first_row, position, reject.row_number),
                        *(reject.key, rejected.column),
                        *(fitting(rejected.reason), fitting(rejected.preview)),
                    ]
                    for position, (reject, rejected) in enumerate(_lines(chunk.rejects))
                ],
            )

    def rejects(self, limit: int) -> list[RejectedRow]:
        lines = self._target.execute(
            "SELECT table_name, source_row, row_key, column_name, reason, preview "
            "FROM lg_reject WHERE run_id = %s ORDER BY table_name, first_row, position",
            [self.run_id],
            most=limit + 1,
        )
        found: list[RejectedRow] = []
        for table, number, key, *rejected in lines:
            last = found[-1] if found else None
            if last and number is not None and (last.table, last.row_number) == (table, number):
                found[-1] = replace(last, more=(*last.more, RejectedValue(*rejected)))
            else:
                found.append(RejectedRow(table, number, key, *rejected))
        # Of the row that the last line belongs to there may be more.
        return found[:-1] if len(lines) > limit else found

    def rejected_rows(self, table: TablePlan) -> array[int]:
        """The positions in the source of what the reader rejected when it was copied, in order."""
        of_table = "run_id = %s AND table_name = %s AND source_row IS NOT NULL"
        chunks = self._target.execute(
            f"SELECT first_row, COUNT(*) FROM lg_reject WHERE {of_table} "  # noqa: S608
            "GROUP BY first_row ORDER BY first_row",
            self._of(table),
        )
        found = array("q")
        for first, last in neighbours(chunks, KEYS_AT_ONCE):
            rows = self._target.execute(
                f"SELECT DISTINCT source_row FROM lg_reject WHERE {of_table} "  # noqa: S608
                "AND first_row BETWEEN %s AND %s ORDER BY source_row",
                [*self._of(table), first, last],
            )
            found.extend(number for (number,) in rows)
        return found

    def kept_out(self, table: TablePlan) -> Iterator[list[str]]:
        """The keys of the rows that the target refused, a part of them at a time.

        What the reader rejects has a row number, and never gets as far as a staging table.
        """
        of_table = "run_id = %s AND table_name = %s AND source_row IS NULL"
        chunks = self._target.execute(
            f"SELECT first_row, COUNT(*) FROM lg_reject WHERE {of_table} "  # noqa: S608
            "GROUP BY first_row ORDER BY first_row",
            self._of(table),
        )
        for first, last in neighbours(chunks, KEYS_AT_ONCE):
            rows = self._target.execute(
                f"SELECT row_key FROM lg_reject WHERE {of_table} "  # noqa: S608
                "AND first_row BETWEEN %s AND %s",
                [*self._of(table), first, last],
            )
            yield [key for (key,) in rows]

    def take_reject_back(self, table: TablePlan, row_number: int) -> bool:
        """The reader's reject of that row is to be written after all, once. From then on the
        table is compared row by row: its digests are the source's."""
        taken = self._target.change(
            "DELETE FROM lg_reject WHERE run_id = %s AND table_name = %s AND source_row = %s",
            [*self._of(table), row_number],
        )
        if taken:
            self._target.execute(
                "UPDATE lg_table SET way = %s, rows_written = rows_written + 1, "
                "rows_rejected = rows_rejected - 1 WHERE run_id = %s AND table_name = %s",
                [LoadMode.MERGE.value, *self._of(table)],
            )
        return bool(taken)

    def merge_from_now_on(self, table: TablePlan) -> None:
        """Others write to the table after all: its keys come back, its rows meet theirs."""
        self.restore_keys(table)
        self._target.execute(
            "UPDATE lg_table SET way = %s WHERE run_id = %s AND table_name = %s",
            [LoadMode.MERGE.value, *self._of(table)],
        )

    def finish(self, table: TablePlan, before_key: BeforeKey = _unwatched) -> TableProgress:
        """Make the keys, set the sequences, and mark the table as copied to its end. Raises as
        `require_counts`."""
        known = require_counts(table, self.progress(table.name))
        self.restore_keys(table, before_key)
        self._target.operations.finish_load(table)
        self._target.execute(
            "UPDATE lg_table SET finished = 1 WHERE run_id = %s AND table_name = %s",
            self._of(table),
        )
        return replace(known, finished=True)

    def finished(self, table: TablePlan) -> TableProgress:
        """Raises NotCopied for a table that is not copied to its end, and as `require_counts`."""
        known = self.progress(table.name)
        if known is None or not known.finished:
            raise NotCopied(f"{table.name}: {NotCopied()}")
        return require_counts(table, known)

    def digests(self, table: TablePlan) -> Digests:
        """The source's digests of all committed chunks."""
        total = Digests()
        for (packed,) in self._target.execute(
            "SELECT digests FROM lg_chunk WHERE run_id = %s AND table_name = %s", self._of(table)
        ):
            total.add(bytes(packed))
        return total

    def restore_keys(self, table: TablePlan, before_key: BeforeKey = _unwatched) -> None:
        rows = self._target.execute(
            "SELECT statement FROM lg_deferred WHERE run_id = %s AND table_name = %s "
            "AND position < %s ORDER BY position",
            [*self._of(table), FOREIGN_KEYS_FROM],
        )
        try:
            for number, (statement,) in enumerate(rows):
                before_key(number, len(rows))
                self._target.schema_editor.restore([statement])
        except KeyConflict as error:
            raise TargetRefused(
                f"{table.name}: its key cannot be made again, because somebody else wrote the same "
                f"rows while the table was loaded without. Roll this run back. ({error})"
            ) from None
        if rows:
            self._target.execute(
                "DELETE FROM lg_deferred WHERE run_id = %s AND table_name = %s AND position < %s",
                [*self._of(table), FOREIGN_KEYS_FROM],
            )

    def forget_table(self, table: TablePlan) -> None:
        """All but the foreign keys that are to be put back."""
        for control in CONTROL_TABLES:
            if control is DEFERRED:
                continue
            self._target.execute(
                f"DELETE FROM {control.name} WHERE run_id = %s AND table_name = %s",  # noqa: S608
                self._of(table),
            )

    def _defer_keys(self, table: TablePlan) -> None:
        for position, (name, statement) in enumerate(
            self._target.schema_editor.drop_indexes(table)
        ):
            self._target.execute(DEFERRED.insert, [*self._of(table), position, name, statement])

    def _of(self, table: TablePlan) -> Sequence[str]:
        return [self.run_id, table.name]


def _lines(rejects: Sequence[RejectedRow]) -> Iterator[tuple[RejectedRow, RejectedValue]]:
    """One for each value that does not fit, and for each row that was refused as a whole."""
    for reject in rejects:
        for rejected in reject.values or (RejectedValue("", reject.reason, reject.preview),):
            yield reject, rejected
