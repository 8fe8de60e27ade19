"""Compares both sides, without trusting the order of either.

A table that was loaded alone is compared by digests: the source's were added up while it was
copied, the target is read back once through the same program. Only buckets that differ are
fetched from both sides and compared row by row. A table whose rows met others is compared row by
row from the start: each source row must be there that no verdict kept out, equal to the source's;
and so must the rows of the pool that the run left as they were, whatever they say by now. A row
that the run put in place of the pool's, and that is newer by now, is the pool's again: its members
are in use meanwhile. It is counted, and neither compared nor written back.

The program cannot find its own wrong encoding; the tests compare by SQL written independently.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from migrations_ui.transfer.checkpoint import Checkpoint, Progress, Way
from migrations_ui.transfer.control import Control, Decision, Observer, Silent, Unattended
from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.digests import Digests
from migrations_ui.transfer.errors import ReaderDied
from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.loaders.base import Sink, Target
from migrations_ui.transfer.loaders.corrected_rows import CorrectedRows
from migrations_ui.transfer.loaders.keys import key_forms, key_text, key_values
from migrations_ui.transfer.loaders.shadow import Shadow, row_of_key
from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.meeting import KEPT_OUT, key_plan, stage_keys
from migrations_ui.transfer.plan import TransferPlan
from migrations_ui.transfer.policy import MeetingRules
from migrations_ui.transfer.showing import pairs
from migrations_ui.transfer.tables import DifferenceKind, RowDifference, TablePlan
from migrations_ui.transfer.whereabouts import told_where
from pools.databases.connection import DatabaseLogin

SOURCE_ROWS = "lg_source_rows"
TARGET_ROWS = "lg_target_rows"
MOST_DIFFERENCES = 1000
NO_RULES, MASK_ALL = MeetingRules(), Masking()
# Of so many both sides are shown.
MOST_VALUES = 100


class CutShort(Exception):
    """The run is to pause or to stop in the middle of a table; nothing is lost by that."""


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """`mismatches` counts all differing rows; `differences` describes the first thousand.

    `corrected` of the rows are not the source's, but what a person corrected them to; `newer` are
    not compared, because the pool has gone on with them.
    """

    table: str
    equal: bool
    rows_source: int
    rows_target: int
    mismatches: int
    differences: tuple[RowDifference, ...]
    verified_at: datetime
    corrected: int = 0
    newer: int = 0


def verify(
    plan: TransferPlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    rules: MeetingRules = NO_RULES,
    masking: Masking = MASK_ALL,
    observer: Observer | None = None,
    control: Control | None = None,
) -> tuple[TableVerdict, ...]:
    """Compare every table of the plan; fewer verdicts when `control` decides otherwise, in the
    middle of a table as well.

    `rules` tell how recent a row is, `masking` what of differing ones is shown.
    Raises NotCopied for a table that this run has not copied to its end, SourceError, or a
    `pools.databases.errors.DatabaseError`.
    """
    watching, steering = observer or Silent(), control or Unattended()
    verdicts: list[TableVerdict] = []
    for table in plan.tables:
        if steering.decide() is not Decision.GO:
            break
        try:
            verdict = verify_table(
                table,
                source=source,
                login=login,
                run_id=run_id,
                rules=rules,
                masking=masking,
                control=steering,
            )
        except CutShort:
            break
        if verdict.newer:
            watching.note(
                f"{table.name}: rows that this run had replaced and that are newer by now: "
                f"{verdict.newer:,}. The pool went on with them, so they stay as they are."
            )
        watching.table_verified(table.name, verdict.equal, verdict.mismatches)
        verdicts.append(verdict)
    return tuple(verdicts)


def verify_table(
    table: TablePlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    rules: MeetingRules = NO_RULES,
    masking: Masking = MASK_ALL,
    control: Control | None = None,
) -> TableVerdict:
    """Compare one table. Raises as `verify`, and CutShort when `control` decides so."""
    steering = control or Unattended()
    with open_target(login) as target, told_where(login, table, target):
        checkpoint = Checkpoint(target, run_id)
        progress = checkpoint.finished(table)
        differing: Sequence[int] | None = None
        rows_target = progress.rows_written_at_all
        if progress.way is not Way.MERGE:
            there, rows_target = digest_target(table, source, target, steering)
            differing = checkpoint.digests(table).differing_buckets(there)
        differences: list[RowDifference] = []
        mismatches = corrected = newer = 0
        if differing is None or differing:
            with transaction_for_source_rows(table, target, TARGET_ROWS):
                stage_source_rows(
                    *(table, source, target, checkpoint, progress),
                    buckets=differing,
                    control=steering,
                )
                newer = take_out_newer(table, target, run_id, progress, rules)
                compared_with = table.name
                if differing is not None:
                    _stage_target_rows(
                        *(table, source, target, login), buckets=differing, control=steering
                    )
                    compared_with = TARGET_ROWS
                # Rows that only the target has are other servers' rows, unless there are none.
                differences, mismatches = target.compare_staged(
                    table,
                    SOURCE_ROWS,
                    compared_with,
                    both_ways=progress.way is Way.SOLE,
                    limit=MOST_DIFFERENCES,
                )
                if table.key:
                    there_too = target.grammar.quote(table.name)
                    differences = _with_values(target, table, differences, there_too, masking)
                else:
                    differences = [
                        replace(each, key=masking.whole_row(table, each.key))
                        for each in differences
                    ]
                if progress.way is Way.MERGE and table.key:
                    rows = CorrectedRows(table, run_id, target)
                    gone, count = _gone(Shadow(table, run_id, target), rows)
                    differences += gone
                    mismatches += count
                    corrected = len(target.execute(rows.replayed_rows()))
    return TableVerdict(
        table=table.name,
        equal=mismatches == 0,
        rows_source=progress.rows_total
        - progress.rows_rejected
        - progress.met.equal
        - progress.met.kept,
        rows_target=rows_target,
        mismatches=mismatches,
        differences=tuple(differences),
        verified_at=datetime.now(UTC),
        corrected=corrected,
        newer=newer,
    )


def digest_target(
    table: TablePlan, source: DerbySource, target: Target, control: Control | None = None
) -> tuple[Digests, int]:
    """The digests of all rows the target's table holds, and how many there are."""
    digests = Digests()
    rows = 0
    with source.read_back(table, back=target.back_syntax) as stream:
        # Without wanted buckets the reader answers only at the end: no need to read meanwhile.
        _feed(stream, target.read_back(table), control or Unattended())
        for head in stream.slices():
            digests.add(head.digests)
            rows = head.next_row
    return digests, rows


@contextmanager
def transaction_for_source_rows(table: TablePlan, target: Target, *more: str) -> Iterator[None]:
    """A transaction in which rows can be staged in SOURCE_ROWS and in `more`."""
    with (
        target.staging(table, SOURCE_ROWS, *more),
        target.staging(key_plan(table), KEPT_OUT) if table.key else nullcontext(),
        target.transaction(),
    ):
        yield


def stage_source_rows(
    table: TablePlan,
    source: DerbySource,
    target: Target,
    checkpoint: Checkpoint,
    progress: Progress,
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
            syntax=target.row_syntax,
        ) as stream,
        target.stage(table, SOURCE_ROWS) as sink,
    ):
        _pour(stream, sink, control or Unattended())
    if table.key:
        forms = key_forms(table)
        for keys in checkpoint.kept_out(table):
            stage_keys(target, table, [key_values(key, forms) for key in keys])
            target.subtract_staged(key_plan(table), SOURCE_ROWS, KEPT_OUT)
    if progress.way is Way.MERGE and table.key:
        shadow = Shadow(table, checkpoint.run_id, target)
        target.discard_staged(
            SOURCE_ROWS, shadow.take_out(SOURCE_ROWS, also_replaced=only_inserted)
        )


def take_out_newer(
    table: TablePlan, target: Target, run_id: str, progress: Progress, rules: MeetingRules
) -> int:
    """Take the rows out of SOURCE_ROWS that the pool has gone on with since this run replaced
    them; how many."""
    age = rules.age_of(table)
    if age is None or not progress.met.updated:
        return 0
    newer = Shadow(table, run_id, target).take_out_newer(SOURCE_ROWS, age)
    return target.discard_staged(SOURCE_ROWS, newer)


def _left_out(
    table: TablePlan, target: Target, checkpoint: Checkpoint, progress: Progress
) -> Iterator[int]:
    """The positions of rejects, those included that were corrected, in order."""
    corrected: list[int] = []
    if progress.way is Way.MERGE and table.key:
        rows = CorrectedRows(table, checkpoint.run_id, target)
        corrected = [number for (number,) in target.execute(rows.replayed_rows())]
    return heapq.merge(checkpoint.rejected_rows(table), corrected)


def _with_values(
    target: Target,
    table: TablePlan,
    differences: Sequence[RowDifference],
    there: str,
    masking: Masking,
) -> list[RowDifference]:
    """Both sides of the first rows that differ."""
    forms = key_forms(table)
    here = target.grammar.staged(table, SOURCE_ROWS)
    told = list(differences)
    for index, difference in enumerate(told[:MOST_VALUES]):
        if difference.kind is not DifferenceKind.DIFFERS:
            continue
        key = key_values(difference.key, forms)
        mine = target.execute(row_of_key(target, table, here), key)
        theirs = target.execute(row_of_key(target, table, there), key)
        if len(mine) == len(theirs) == 1:
            values = pairs(table, theirs[0], mine[0], masking)
            told[index] = replace(difference, values=values)
    return told


def _gone(shadow: Shadow, corrected: CorrectedRows) -> tuple[list[RowDifference], int]:
    """Rows of the pool that the run left there, and that are no longer; and corrected rejects
    that are not as they were written."""
    found: list[RowDifference] = []
    total = 0
    for kind, which in (
        (DifferenceKind.GONE, shadow.gone()),
        (DifferenceKind.REPLAYED, corrected.replayed_amiss()),
    ):
        ((count,),) = shadow.target.execute(shadow.count(which))
        total += count
        left = MOST_DIFFERENCES - len(found)
        if count and left:
            keys = shadow.target.execute(shadow.first_keys(which, left))
            found += [RowDifference(key_text(key), kind, ()) for key in keys]
    return found, total


def _stage_target_rows(
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
            table, buckets=buckets, back=other.back_syntax, syntax=target.row_syntax
        ) as stream,
        ThreadPoolExecutor(1) as executor,
        target.stage(table, TARGET_ROWS) as sink,
    ):
        feeding = executor.submit(_feed, stream, other.read_back(table), control)
        try:
            _pour(stream, sink, control)
        except BaseException as error:
            # Nobody reads what the reader answers any more, so the other thread would wait for it.
            stream.abandon()
            failure = feeding.exception()
            if isinstance(error, ReaderDied | ConnectionError) and failure is not None:
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
    except BaseException:
        stream.abandon()
        raise


def _pour(stream: FrameStream, sink: Sink, control: Control) -> None:
    for _ in stream.slices():
        for piece in stream.pieces():
            _go_on(control)
            sink.write(piece)


def _go_on(control: Control) -> None:
    if control.decide() is not Decision.GO:
        raise CutShort
