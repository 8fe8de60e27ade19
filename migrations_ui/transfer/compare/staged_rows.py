"""Rows of both sides, brought together in the target: there they are compared, mended and removed.

The reader gives the source's rows in the target's syntax. The target's own go out to it as well:
it adds up their digests, or gives those back that are wanted.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.table_progress import LoadMode, TableProgress, require_read
from migrations_ui.transfer.control import Control, Decision, Unattended
from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.digests import Digests
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.engines.operations import Sink
from migrations_ui.transfer.engines.row_keys import key_forms, key_values
from migrations_ui.transfer.errors import ReaderDied, RequestClosed
from migrations_ui.transfer.merge.chunk_merge import KEPT_OUT, key_plan, stage_keys
from migrations_ui.transfer.merge.conflict_statements import ConflictStatements
from migrations_ui.transfer.merge.corrected_rows import CorrectedRows
from migrations_ui.transfer.merge_policy import MergeRules
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin

SOURCE_ROWS = "lg_source_rows"
TARGET_ROWS = "lg_target_rows"


class CutShort(Exception):
    """The run is to pause or to stop in the middle of a table; nothing is lost by that."""


@contextmanager
def transaction_for_source_rows(table: TablePlan, target: Target, *more: str) -> Iterator[None]:
    """A transaction in which rows can be staged in SOURCE_ROWS and in `more`."""
    with (
        target.operations.staging(table, SOURCE_ROWS, *more),
        target.operations.staging(key_plan(table), KEPT_OUT) if table.key else nullcontext(),
        target.transaction(),
    ):
        yield


def stage_source_rows(
    table: TablePlan,
    source: DerbySource,
    target: Target,
    checkpoint: Checkpoint,
    progress: TableProgress,
    *,
    buckets: Sequence[int] | None = None,
    only_inserted: bool = False,
    control: Control | None = None,
) -> None:
    """Put the rows that this run should have written into the staging table SOURCE_ROWS.

    What was rejected when it was copied stays out, even if the column takes it by now: nobody
    wrote it, or somebody wrote it otherwise. Only those in `buckets`, if given; only those that it
    should have inserted, and not put in place of the pool's, if so asked. Call inside
    `transaction_for_source_rows`.
    """
    with (
        source.rows(
            table,
            until=progress.next_row,
            without=_left_out(table, target, checkpoint, progress),
            buckets=buckets,
            syntax=target.operations.row_syntax,
        ) as stream,
        target.operations.stage(table, SOURCE_ROWS) as sink,
    ):
        read = _pour(stream, sink, control or Unattended())
    require_read(table, counted=progress.next_row, read=read)
    if table.key:
        forms = key_forms(table)
        for keys in checkpoint.kept_out(table):
            stage_keys(target, table, [key_values(key, forms) for key in keys])
            target.operations.subtract_staged(key_plan(table), SOURCE_ROWS, KEPT_OUT)
    if progress.mode is LoadMode.MERGE and table.key:
        sql = ConflictStatements(table, checkpoint.run_id, target)
        target.operations.discard_staged(
            SOURCE_ROWS, sql.take_out(SOURCE_ROWS, also_replaced=only_inserted)
        )


def take_out_newer(
    table: TablePlan, target: Target, run_id: str, progress: TableProgress, rules: MergeRules
) -> int:
    """Take the rows out of SOURCE_ROWS that the pool has gone on with since this run replaced
    them; how many."""
    age = rules.age_of(table)
    if age is None or not progress.merged.updated:
        return 0
    newer = ConflictStatements(table, run_id, target).take_out_newer(SOURCE_ROWS, age)
    return target.operations.discard_staged(SOURCE_ROWS, newer)


def _left_out(
    table: TablePlan, target: Target, checkpoint: Checkpoint, progress: TableProgress
) -> Iterator[int]:
    """The positions of rejects, those included that were corrected, in order."""
    corrected: list[int] = []
    if progress.mode is LoadMode.MERGE and table.key:
        rows = CorrectedRows(table, checkpoint.run_id, target)
        corrected = [number for (number,) in target.execute(rows.corrected_rows())]
    return heapq.merge(checkpoint.rejected_rows(table), corrected)


def digest_target(
    table: TablePlan, source: DerbySource, target: Target, control: Control | None = None
) -> tuple[Digests, int]:
    """The digests of all rows the target's table holds, and how many there are."""
    digests = Digests()
    rows = 0
    with source.read_back(table, back=target.operations.back_syntax) as stream:
        # Without wanted buckets the reader answers only at the end: no need to read meanwhile.
        # If it closed the request before, its answer says why.
        with suppress(RequestClosed):
            _feed(stream, target.operations.read_back(table), control or Unattended())
        for head in stream.slices():
            digests.add(head.digests)
            rows = head.next_row
    return digests, rows


def stage_target_rows(
    table: TablePlan,
    source: DerbySource,
    target: Target,
    login: DatabaseLogin,
    *,
    buckets: Sequence[int],
    control: Control,
) -> None:
    """The target's rows in these buckets go out, through the reader, and back in."""
    with (
        open_target(login) as other,
        source.read_back(
            table,
            buckets=buckets,
            back=other.operations.back_syntax,
            syntax=target.operations.row_syntax,
        ) as stream,
        ThreadPoolExecutor(1) as executor,
        target.operations.stage(table, TARGET_ROWS) as sink,
    ):
        feeding = executor.submit(_feed, stream, other.operations.read_back(table), control)
        try:
            _pour(stream, sink, control)
        except BaseException as error:
            # Nobody reads what the reader answers any more, so the other thread would wait for it.
            stream.abandon()
            failure = feeding.exception()
            if isinstance(error, ReaderDied | ConnectionError) and not isinstance(
                failure, RequestClosed | None
            ):
                raise failure from None
            raise
        feeding.result()


def _feed(stream: FrameStream, blocks: Iterator[bytearray], control: Control) -> None:
    """What ends this early ends the request, for whoever waits for the reader's answer."""
    try:
        for block in blocks:
            _go_on(control)
            stream.send_block(block)
        stream.send_block(b"")
    except RequestClosed:
        raise
    except BaseException:
        stream.abandon()
        raise


def _pour(stream: FrameStream, sink: Sink, control: Control) -> int:
    """How many rows of the table were read, those left out included."""
    read = 0
    for head in stream.slices():
        read = head.next_row
        for piece in stream.pieces():
            _go_on(control)
            sink.write(piece)
    return read


def _go_on(control: Control) -> None:
    if control.decide() is not Decision.GO:
        raise CutShort
