"""A comparison by itself, at any later time: asked for, then carried out by a worker.

The row is first, the task second; whoever holds the migration's lease carries it out.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from console.accounts.models import User
from migrations_ui.broadcast import announce
from migrations_ui.errors import ActionRefused, PoolBusy
from migrations_ui.models import (
    Event,
    Migration,
    Mismatch,
    Reject,
    TableTransfer,
    Verification,
)
from migrations_ui.models.event import Line
from migrations_ui.runner.journal import StepJournal
from migrations_ui.runner.lease import holding_lease
from migrations_ui.runner.outages import outlast
from migrations_ui.runner.queue import queue_verification
from migrations_ui.runner.runner import EXPECTED, context_of, describe, unforeseen
from migrations_ui.runner.status import pool_lock, why_pool_is_locked
from migrations_ui.services.corrections import learn_columns, require_compatible, store_correction
from migrations_ui.states import (
    ENDED,
    Level,
    MigrationStatus,
    StepName,
    VerificationKind,
    VerificationStatus,
)
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted
from migrations_ui.steps.transfer.transfer_plan import Transfer, open_transfer
from migrations_ui.steps.verify import compare_all, repair_all, repair_rows
from migrations_ui.transfer.corrections.apply import apply_correction
from migrations_ui.transfer.errors import CorrectionRefused, RunnerReplaced
from pools.services import audit

logger = structlog.get_logger(__name__)
S = MigrationStatus


def why_no_verification(migration: Migration, *, repair: bool = False) -> str:
    """Why rows cannot be compared now, or written again; empty when they can."""
    at_verify = migration.state is S.FAILED and migration.current_step == StepName.VERIFY
    if not (at_verify or migration.state in {S.AWAITING_CUTOVER, S.FINISHED}):
        return (
            "A rehearsal compares its rows once and drops them: nothing is left to compare."
            if migration.is_rehearsal
            else "Rows can be compared again once they are copied and nothing is under way; the "
            f"migration is {migration.get_status_display()}."
        )
    if migration.is_going_back:
        return "The migration is being taken back: what it copied is not to stay."
    return migration.why_no_rollback or _why_not_compared(migration, repair=repair)


def _why_not_compared(migration: Migration, *, repair: bool) -> str:
    if not migration.source_sha256:
        return "There is no copy of the server's database to compare with."
    if repair and not migration.is_before_cutover:
        return (
            "The pool has gone on since the cut-over: what differs now may be what devices changed "
            "rightly, so nothing is written back."
        )
    asked = Verification.objects.open().filter(migration=migration).first()
    if asked is not None:
        return f"“{asked.get_kind_display().capitalize()}” is under way already."
    return why_pool_is_locked(migration) if migration.state in ENDED else ""


def request_verification(
    migration: Migration,
    *,
    actor: User,
    kind: str = VerificationKind.VERIFY,
    mismatches: Sequence[int] = (),
) -> Verification:
    """Have all rows compared again; for a repair, first those of `mismatches` (none: all) written
    again. Raises ActionRefused."""
    mismatches = sorted(set(mismatches))
    with transaction.atomic():
        # The lock makes two people who ask at once queue up here.
        migration = Migration.objects.select_for_update().get(pk=migration.pk)
        reason = why_no_verification(migration, repair=kind == VerificationKind.REPAIR)
        if reason:
            raise ActionRefused(reason)
        verification = Verification.objects.create(
            migration=migration,
            kind=kind,
            asked_by=actor,
            chosen=json.dumps(_chosen(migration, mismatches)),
        )
        audit.record(
            actor=actor,
            action=f"{kind}_rows",
            target=str(migration),
            detail=f"{len(mismatches)} chosen rows" if mismatches else "all rows",
        )
        Event.objects.append(
            migration.pk, [Line(f"{actor} asked to {verification.get_kind_display()}.")]
        )
        announce(migration.pk)
        queue_verification(verification.pk)
    return verification


def request_correction(reject: Reject, *, actor: User, values: Mapping[str, str]) -> Verification:
    """Have a reject written with these values in its columns that did not fit; without any, as it
    is, because the columns were widened since.

    Raises ActionRefused, and CorrectionsRefused for values that do not fit either.
    """
    with transaction.atomic():
        migration = Migration.objects.select_for_update().get(pk=reject.migration_id)
        if not migration.rejects.filter(pk=reject.pk).exists():
            raise ActionRefused("Somebody has corrected this row in the meantime.")
        reason = why_no_verification(migration) or reject.why_not_corrected
        if reason:
            raise ActionRefused(reason)
        require_compatible(reject, values)
        verification = Verification.objects.create(
            migration=migration,
            kind=VerificationKind.CORRECTION,
            asked_by=actor,
            reject=reject,
            typed=json.dumps(dict(values)),
        )
        which = f"{reject.table} {reject.row_key}, {', '.join(values) or 'as it is'}"
        audit.record(actor=actor, action="apply_correction", target=str(migration), detail=which)
        Event.objects.append(migration.pk, [Line(f"{actor} corrected {which}.")])
        announce(migration.pk)
        queue_verification(verification.pk)
    return verification


def run_verification(verification_id: int) -> None:
    """As a worker. A twin finds no lease, or nothing to do, and goes."""
    migration_id = Verification.objects.values_list("migration_id", flat=True).get(
        pk=verification_id
    )
    with holding_lease(migration_id) as heartbeat, suppress(RunnerReplaced):
        if heartbeat is None or not Verification.objects.open().filter(pk=verification_id).update(
            status=VerificationStatus.RUNNING
        ):
            return
        verification = Verification.objects.get(pk=verification_id)
        migration = Migration.objects.for_run(migration_id)
        journal = StepJournal(migration.steps.get(name=StepName.VERIFY), attempt=heartbeat.attempt)
        context = context_of(migration, journal, heartbeat, heartbeat)
        ended = VerificationStatus.FAILED
        with heartbeat.ticking(journal.flush):
            try:
                # Some engines stage the rows of two runs in the same tables.
                kept = pool_lock(migration, holds=heartbeat.holds)
                with kept if migration.state in ENDED else nullcontext():
                    summary = outlast(lambda: _carry_out(context, verification), context)
                ended = VerificationStatus.DONE
            except PoolBusy as error:
                summary = str(error)
            except (Interrupted, RunnerReplaced):
                # A cancellation; or another worker has the lease, and takes it up again.
                summary = "Interrupted before it came to its end. Ask again."
            except EXPECTED as error:
                summary = describe(error)
            except Exception as error:
                logger.exception("a comparison failed unexpectedly", verification=verification_id)
                summary = f"{unforeseen(error)}; ask again, and report it if it comes again."
            if heartbeat.holds():
                level = Level.INFO if ended == VerificationStatus.DONE else Level.ERROR
                journal.log(summary, level=level)
        if heartbeat.holds():
            if migration.state in ENDED:
                # Nothing of an ended migration stays on the worker but its backup. Whoever has the
                # lease by now may be reading it.
                shutil.rmtree(context.run_directory, ignore_errors=True)
            with heartbeat.writing():
                Verification.objects.filter(pk=verification_id).update(
                    status=ended, summary=summary, ended_at=timezone.now()
                )
                announce(migration_id)


def _carry_out(context: StepContext, verification: Verification) -> str:
    """Compare, after a repair where one was asked for; how it ended, in a sentence."""
    migration = context.migration
    written = ""
    with open_transfer(context) as transfer:
        learn_columns(migration, transfer.plan)
        if verification.kind == VerificationKind.CORRECTION:
            written = _apply_correction(context, transfer, verification)
        elif verification.kind == VerificationKind.REPAIR and verification.keys_by_table:
            repair_rows(context, transfer, verification.keys_by_table)
        elif verification.kind == VerificationKind.REPAIR:
            repair_all(context, transfer)
        _, summary = compare_all(context, transfer)
    return f"{written} {summary}".strip()


def _apply_correction(context: StepContext, transfer: Transfer, verification: Verification) -> str:
    """Write the corrected row, and count it; what was done, in a sentence.

    A worker that was killed may have written it and not come to count it, or have done both.
    """
    reject = verification.reject
    if reject is None or reject.row_number is None:
        return "The corrected row had been written already."
    table = next((each for each in transfer.plan.tables if each.name == reject.table), None)
    if table is None:
        raise CorrectionRefused(f"{reject.table} is no table of the pool's database any more.")
    apply_correction(
        table,
        source=transfer.source,
        login=transfer.login,
        run_id=transfer.run_id,
        row_number=reject.row_number,
        values=verification.corrections,
        attempt=context.attempt,
    )
    with context.writing():
        store_correction(reject, verification)
        # It may be private, and is where it belongs now.
        Verification.objects.filter(pk=verification.pk).update(typed="{}")
        TableTransfer.objects.filter(migration=context.migration, table=reject.table).update(
            rows_copied=F("rows_copied") + 1,
            rows_rejected=F("rows_rejected") - 1,
            rows_corrected=F("rows_corrected") + 1,
            written_at=timezone.now(),
        )
        reject.delete()
    verification.reject = None
    context.log(f"{table.name}: the corrected row was written.")
    return "The corrected row was written."


def _chosen(migration: Migration, mismatches: Sequence[int]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for mismatch in Mismatch.objects.filter(migration=migration, pk__in=mismatches):
        if not mismatch.may_be_repaired:
            raise ActionRefused(f"{mismatch.table} {mismatch.row_key} cannot be written again.")
        keys[mismatch.table].append(mismatch.row_key)
    if len(mismatches) != sum(map(len, keys.values())):
        raise ActionRefused("Some of the chosen rows are no longer listed. Look again.")
    return keys
