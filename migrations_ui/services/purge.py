"""Purging what an ended migration keeps in the pool's database: asked for by a person, carried out
by a worker.

From the moment it is asked for, nothing leads back: the migration is not rolled back, compared or
repaired any more, whether the worker has come to it or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import structlog
from django.db import transaction
from django.utils import timezone

from console.accounts.models import User
from migrations_ui.broadcast import announce
from migrations_ui.errors import ActionRefused, PoolBusy
from migrations_ui.models import Event, Migration, Purge, Verification
from migrations_ui.models.event import Line
from migrations_ui.runner.journal import StepJournal
from migrations_ui.runner.lease import LeaseHeartbeat, PersistentControl, holding_lease
from migrations_ui.runner.outages import outlast
from migrations_ui.runner.queue import queue_purge
from migrations_ui.runner.runner import EXPECTED, context_of, describe, unforeseen
from migrations_ui.runner.status import pool_lock
from migrations_ui.services.migrations import require_name
from migrations_ui.services.retained import read_listing
from migrations_ui.states import ENDED, Level, StepName, VerificationStatus
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted
from migrations_ui.transfer.errors import RunnerReplaced
from migrations_ui.transfer.undo.purge import PurgeResult, purge_run
from pools.services import audit

logger = structlog.get_logger(__name__)


def why_no_purge(migration: Migration) -> str:
    """Why what it keeps cannot be purged now; empty when it can. Asked again, it is purged
    again: that does no harm."""
    if migration.state not in ENDED:
        return (
            f"The migration of {migration.server} is {migration.get_status_display()}: what it "
            "keeps in the database is needed until it has ended."
        )
    if migration.is_rehearsal:
        return "A rehearsal keeps nothing: its scratch schema was dropped with all it held."
    if not migration.retains_rows_in_pool:
        return "This console wrote nothing into the pool's database for this migration."
    if Purge.objects.open().filter(migration=migration).exists():
        return "It is being purged already."
    if Verification.objects.open().filter(migration=migration).exists():
        return "Its rows are being compared. Wait for how that ends."
    return ""


def request_purge(migration: Migration, *, actor: User, typed_name: str) -> Purge:
    """Purge what the migration keeps. `typed_name` is the server's Domino name in any of its forms.

    Raises ActionRefused, or NameNotTyped.
    """
    require_name(migration, typed_name, to="purge the metadata")
    with transaction.atomic():
        # The lock makes whoever asks for the rollback in this moment queue up here, or us there.
        migration = Migration.objects.select_for_update().get(pk=migration.pk)
        reason = why_no_purge(migration)
        if reason:
            raise ActionRefused(reason)
        if migration.purged_at is None:
            migration.purged_at = timezone.now()
            migration.save(update_fields=["purged_at"])
        purge = Purge.objects.create(migration=migration, asked_by=actor)
        audit.record(
            actor=actor,
            action="purge_retained",
            target=str(migration),
            detail=f"run {migration.run_id} in {migration.pool.database}",
        )
        text = f"{actor} purged the metadata of this migration in {migration.pool.database}."
        Event.objects.append(migration.pk, [Line(text, level=Level.WARNING)])
        announce(migration.pk)
        queue_purge(purge.pk)
    return purge


def run_purge(purge_id: int) -> None:
    """As a worker. A twin finds no lease, or nothing to do, and goes."""
    migration_id = Purge.objects.values_list("migration_id", flat=True).get(pk=purge_id)
    with holding_lease(migration_id) as heartbeat, suppress(RunnerReplaced):
        if heartbeat is None or not Purge.objects.open().filter(pk=purge_id).update(
            status=VerificationStatus.RUNNING
        ):
            return
        migration = Migration.objects.for_run(migration_id)
        journal = StepJournal(migration.steps.get(name=StepName.COPY), attempt=heartbeat.attempt)
        context = context_of(migration, journal, PersistentControl(heartbeat), heartbeat)
        ended = VerificationStatus.FAILED
        with heartbeat.ticking(journal.flush):
            try:
                summary = outlast(lambda: _carry_out(context, heartbeat), context)
                ended = VerificationStatus.DONE
            except (Interrupted, RunnerReplaced):
                # Another worker has the lease, and goes on.
                return
            except EXPECTED as error:
                summary = f"{describe(error)} What is left is purged when you ask again."
            except Exception as error:
                logger.exception("a purge failed unexpectedly", purge=purge_id)
                summary = f"{unforeseen(error)}; ask again, and report it if it comes again."
        if heartbeat.holds():
            _end(purge_id, heartbeat, migration_id, ended, summary)
    read_listing(migration.pool.database_id)


def _carry_out(context: StepContext, heartbeat: LeaseHeartbeat) -> str:
    migration = context.migration
    with _pool_to_itself(migration, heartbeat) as alone:
        purged = purge_run(
            migration.target_login(),
            run_id=migration.run_id,
            drop_tables=alone,
            control=context.control,
        )
    return _summary(migration, purged)


def _end(
    purge_id: int,
    heartbeat: LeaseHeartbeat,
    migration_id: int,
    ended: VerificationStatus,
    summary: str,
) -> None:
    with heartbeat.writing():
        Purge.objects.filter(pk=purge_id).update(
            status=ended, summary=summary, ended_at=timezone.now()
        )
        level = Level.INFO if ended is VerificationStatus.DONE else Level.ERROR
        Event.objects.append(migration_id, [Line(summary, level=level)])
        announce(migration_id)


@contextmanager
def _pool_to_itself(migration: Migration, heartbeat: LeaseHeartbeat) -> Iterator[bool]:
    """Keep other migrations from beginning while tables are dropped; False when one is under
    way."""
    with ExitStack() as stack:
        try:
            stack.enter_context(pool_lock(migration, holds=heartbeat.holds))
        except PoolBusy:
            yield False
        else:
            yield True


def _summary(migration: Migration, purged: PurgeResult) -> str:
    database = migration.pool.database
    if not purged.rows and not purged.dropped:
        text = f"Nothing of this migration is kept in {database}."
    else:
        text = f"Rows of this migration purged in {database}: {purged.rows:,}."
    if purged.dropped:
        text += f" Empty tables dropped: {', '.join(purged.dropped)}."
    if purged.why_not_dropped:
        text += f" Empty tables stay: {purged.why_not_dropped}."
    return text
