"""One table's copy on one connection: chunk after chunk, from wherever the target says it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from migrations_ui.transfer.checkpoint.checkpoint import FEW_ROWS, Checkpoint, Chunk, PositionMoved
from migrations_ui.transfer.checkpoint.table_progress import LoadMode, TableProgress, require_read
from migrations_ui.transfer.control import Control, Decision, Observer
from migrations_ui.transfer.copy.index_progress import index_progress
from migrations_ui.transfer.derby.frames import FrameStream, SliceHead
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.digests import Digests
from migrations_ui.transfer.engines.base import KeyConflict, Target
from migrations_ui.transfer.engines.operations import Sink
from migrations_ui.transfer.errors import RunnerReplaced
from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.merge.chunk_merge import KEPT_OUT, STAGING, ChunkMerge, key_plan
from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.pacing.adaptive import AdaptiveThrottle
from migrations_ui.transfer.pacing.throttle import Throttle
from migrations_ui.transfer.plan.schema_drift import require_unchanged
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import RejectedRow, RejectedValue, TablePlan

# A killed predecessor's last commit moves the position once; a living twin goes on moving it.
MOST_MOVES = 3


class _CutShort(Exception):
    """The rows of this table go in together or not at all, and the run is to end before."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision)
        self.decision = decision


class _NotWhole(Exception):
    """The table is to be copied chunk after chunk after all."""


@dataclass(slots=True)
class TableCopy:
    """Copies one table; `run` may be called again after a lost connection, with a new target."""

    table: TablePlan
    source: DerbySource
    run_id: str
    settings: TransferSettings
    observer: Observer
    control: Control
    throttle: Throttle
    throttle_back: AdaptiveThrottle
    open_target: Callable[[], AbstractContextManager[Target]]
    # All tables of the plan: one may follow the verdicts of another.
    tables: Sequence[TablePlan] = ()
    announced: bool = False
    position: int = 0
    at_once: bool = False
    # Of the chunk under way: the target's own time in taking its rows, and when it had them all.
    write_seconds: float = 0.0
    filled_at: float = 0.0
    merged: MergeCounts = MergeCounts()  # noqa: RUF009  frozen

    @property
    def merge(self) -> ChunkMerge:
        return ChunkMerge(
            *(self.table, self.run_id, self.settings.policy, self.settings.rules, self.tables),
            masking=self.settings.masking,
        )

    def run(self, target: Target) -> tuple[Decision, TableProgress]:
        """Copy until the table's end or another decision than GO."""
        checkpoint = Checkpoint(target, self.run_id, attempt=self.settings.attempt)
        done = self._in_one_transaction(target, checkpoint)
        if done is not None:
            return Decision.GO, done
        try:
            progress = self._start(target, checkpoint)
        except KeyConflict:
            # A twin noted the table in the same moment; the second look finds it.
            progress = self._start(target, checkpoint)
        if not self.announced:
            self.observer.table_started(self.table.name, progress.rows_total, progress.next_row)
            self.announced = True
        moves, conflict_at = 0, -1
        while moves < MOST_MOVES:
            if progress.finished:
                # Finished by a runner that may not have lived to tell it.
                self._tell_finished(progress)
                return Decision.GO, progress
            try:
                return self._from(progress, target, checkpoint)
            except PositionMoved:
                moves += 1
            except KeyConflict:
                if progress.mode is not LoadMode.MERGE:
                    self._merge_from_now_on(target, checkpoint)
                elif conflict_at == self.position:
                    raise
                # Else somebody wrote the same row between the look and the insert: look again.
                conflict_at = self.position
            progress = self._current(checkpoint)
        raise RunnerReplaced

    def _in_one_transaction(self, target: Target, checkpoint: Checkpoint) -> TableProgress | None:
        """Note, fill and finish a small table that the run has not met; None, with nothing
        written, where that is not possible.

        Small tables are many, and what each costs is its statements, not its rows.
        """
        settings = self.settings
        alone = settings.exclusive and not settings.may_conflict and not self.table.later
        if not alone or self.table.row_count > FEW_ROWS:
            return None
        if self.control.decide() is not Decision.GO:
            return None
        started = time.monotonic()
        try:
            with target.transaction():
                chunk, done = self._whole(target, checkpoint)
        except (_NotWhole, KeyConflict):
            return None
        seconds = time.monotonic() - started
        if not self.announced:
            self.observer.table_started(self.table.name, done.rows_total, 0)
            self.announced = True
        if chunk.next_row:
            self._tell(chunk, seconds)
            self.position = chunk.next_row
            settling = self.write_seconds + started + seconds - self.filled_at
            self.throttle_back.after_chunk(self.table.name, chunk.next_row, settling)
        self._tell_finished(done)
        return done

    def _whole(self, target: Target, checkpoint: Checkpoint) -> tuple[Chunk, TableProgress]:
        """Raises _NotWhole, for the transaction to be undone."""
        if checkpoint.progress(self.table.name) is not None:
            raise _NotWhole
        if not target.introspection.is_empty(self.table.name):
            raise _NotWhole
        require_unchanged(self.table, target)
        with self.source.rows(self.table, first=0, syntax=target.operations.row_syntax) as stream:
            slices = Slices(stream)
            chunk = self._write_chunk(slices, target, LoadMode.EXCLUSIVE, 0)
            if not slices.ended:
                # A limit of the chunk, or somebody who wants the run to end.
                raise _NotWhole
        self._require_expected(chunk)
        return chunk, checkpoint.record_whole(self.table, chunk)

    def _merge_from_now_on(self, target: Target, checkpoint: Checkpoint) -> None:
        with target.transaction():
            checkpoint.merge_from_now_on(self.table)
        self.observer.note(
            f"{self.table.name}: another server wrote the same row; rows are merged from here on."
        )

    def _start(self, target: Target, checkpoint: Checkpoint) -> TableProgress:
        with target.transaction():
            progress = checkpoint.start_table(self.table, exclusive=self.settings.exclusive)
            if self.settings.may_conflict and progress.mode is not LoadMode.MERGE:
                checkpoint.merge_from_now_on(self.table)
                progress = replace(progress, mode=LoadMode.MERGE)
            return progress

    def _from(
        self, progress: TableProgress, target: Target, checkpoint: Checkpoint
    ) -> tuple[Decision, TableProgress]:
        self.position, self.merged = progress.next_row, progress.merged
        # Where the engine keeps a foreign key that no order of rows satisfies, all go in together.
        self.at_once = bool(self.table.later) and not checkpoint.deferred_keys.has_any_of(
            self.table
        )
        if progress.mode is LoadMode.MERGE:
            self.merge.prepare(target)
        with (
            self.source.rows(
                self.table, first=self.position, syntax=target.operations.row_syntax
            ) as stream,
            self._staging_keys(progress.mode, target),
            target.operations.staging(self.table, STAGING),
            target.schema_editor.foreign_keys_unchecked() if self.table.later else nullcontext(),
        ):
            slices = Slices(stream)
            done: TableProgress | None = None
            while not slices.ended:
                decision = self.control.decide()
                if decision is not Decision.GO:
                    return decision, self._current(checkpoint)
                started = time.monotonic()
                try:
                    with target.transaction():
                        checkpoint.lock_position(self.table, expected=self.position)
                        require_unchanged(self.table, target)
                        chunk = self._write_chunk(slices, target, progress.mode, self.position)
                        self._require_expected(chunk)
                        if chunk.next_row > self.position:
                            checkpoint.record(self.table, chunk)
                        if slices.ended and self.table.row_count <= FEW_ROWS:
                            # No keys to make: one commit less, and small tables are many.
                            done = checkpoint.finish(self.table)
                except _CutShort as cut:
                    return cut.decision, self._current(checkpoint)
                committed_at = time.monotonic()
                if chunk.next_row > self.position:
                    self._tell(chunk, committed_at - started)
                    self.position = chunk.next_row
                    settling = self.write_seconds + committed_at - self.filled_at
                    settled = chunk.next_row - chunk.first_row
                    self.throttle_back.after_chunk(self.table.name, settled, settling)
        if done is None:
            done = self._finish(target, checkpoint)
        self._tell_finished(done)
        return Decision.GO, done

    def _finish(self, target: Target, checkpoint: Checkpoint) -> TableProgress:
        watch = index_progress(
            self.table.name, open_target=self.open_target, observer=self.observer
        )
        with watch as keys, target.transaction():
            checkpoint.lock_position(self.table, expected=self.position)
            return checkpoint.finish(self.table, keys.begin)

    def _require_expected(self, chunk: Chunk) -> None:
        """More rows than were counted are not written; fewer show at the table's end."""
        if chunk.next_row > self.table.row_count:
            require_read(self.table, counted=self.table.row_count, read=chunk.next_row)

    def _staging_keys(self, mode: LoadMode, target: Target) -> AbstractContextManager[None]:
        if mode is LoadMode.MERGE and self.table.key:
            return target.operations.staging(key_plan(self.table), KEPT_OUT)
        return nullcontext()

    def _tell_finished(self, done: TableProgress) -> None:
        if done.merged.total:
            self.observer.conflicting_rows(self.table.name, done.merged)
        self.observer.table_finished(self.table.name, done.rows_written, done.rows_rejected)

    def _write_chunk(self, slices: Slices, target: Target, mode: LoadMode, first_row: int) -> Chunk:
        if mode is not LoadMode.MERGE:
            with target.operations.load(self.table) as sink:
                return self._fill(slices, sink, first_row)
        with target.operations.stage(self.table, STAGING) as sink:
            filled = self._fill(slices, sink, first_row)
        settled = self.merge.settle(target, first_row)
        others = settled.merged.total + len(settled.rejects)
        return replace(
            filled,
            rows_written=filled.rows_written - others,
            rejects=filled.rejects + settled.rejects,
            merged=settled.merged,
        )

    def _fill(self, slices: Slices, sink: Sink, first_row: int) -> Chunk:
        """Move slices into the sink until a limit of the chunk is reached."""
        limits = self.settings
        most_rows = self.control.chunk_rows() or limits.chunk_rows
        started = time.monotonic()
        next_row, rows, size = first_row, 0, 0
        digests = Digests()
        rejects: list[RejectedRow] = []
        self.write_seconds = 0.0
        for head in slices:
            for piece in slices.pieces():
                writing = time.monotonic()
                sink.write(piece)
                self.write_seconds += time.monotonic() - writing
            digests.add(head.digests)
            rejects += [_reject(self.table, each, limits.masking) for each in head.rejects]
            settled = head.next_row - next_row
            next_row = head.next_row
            rows += head.row_count
            size += head.size
            decision = self.throttle.wait(settled)
            if self.at_once:
                if decision is Decision.GO:
                    decision = self.control.decide()
                if decision is not Decision.GO:
                    raise _CutShort(decision)
            elif (
                decision is not Decision.GO
                or next_row - first_row >= most_rows
                or size >= limits.chunk_bytes
                or time.monotonic() - started >= limits.chunk_seconds
            ):
                break
        self.filled_at = time.monotonic()
        return Chunk(first_row, next_row, rows, digests, tuple(rejects))

    def _tell(self, chunk: Chunk, seconds: float) -> None:
        settled = chunk.next_row - chunk.first_row
        self.observer.chunk_committed(
            self.table.name, chunk.first_row, settled, chunk.next_row, seconds
        )
        for reject in chunk.rejects:
            self.observer.rejected(reject)
        if chunk.merged.total:
            self.merged += chunk.merged
            self.observer.conflicting_rows(self.table.name, self.merged)

    def _current(self, checkpoint: Checkpoint) -> TableProgress:
        progress = checkpoint.progress(self.table.name)
        if progress is None:
            raise RunnerReplaced(f"{self.table.name}: the run was removed from the target.")
        return progress


class Slices:
    """The slices of one stream, taken over several chunks; knows when the table has ended."""

    def __init__(self, stream: FrameStream) -> None:
        self._heads = stream.slices()
        self.pieces = stream.pieces
        self.ended = False

    def __iter__(self) -> Iterator[SliceHead]:
        return self

    def __next__(self) -> SliceHead:
        try:
            return next(self._heads)
        except StopIteration:
            self.ended = True
            raise


def _reject(table: TablePlan, described: dict[str, Any], masking: Masking) -> RejectedRow:
    charset = "ascii" if table.is_limited_to_code_page else "utf-8"

    def preview(of: dict[str, Any]) -> str:
        return _storable(masking.preview(table, of["column"], of["preview"] or ""), charset)

    return RejectedRow(
        table=table.name,
        row_number=described["row"],
        key=_storable(json.dumps(described["key"], ensure_ascii=False), charset),
        column=described["column"],
        reason=described["reason"],
        preview=preview(described),
        more=tuple(
            RejectedValue(each["column"], each["reason"], preview(each))
            for each in described["more"]
        ),
    )


def _storable(text: str, charset: str) -> str:
    """What made the value a reject must not make its description one."""
    return text.replace("\0", "\\0").encode(charset, "backslashreplace").decode()
