"""What a person may ask of a migration: create, check, start, pause, resume, retry, confirm,
cancel, roll back. Each is one compare-and-set with its event and audit entry, then a task."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from console.accounts.models import User
from migrations_ui.broadcast import announce
from migrations_ui.errors import ActionRefused, NameNotTyped
from migrations_ui.models import Event, Migration, Step
from migrations_ui.models.event import Line
from migrations_ui.runner.queue import queue_check, queue_run
from migrations_ui.runner.status import acquire_pool_lock, change_status
from migrations_ui.services.source_options import write_value_policies
from migrations_ui.services.step_durations import expect_step_durations
from migrations_ui.states import (
    STEP_ORDER,
    Action,
    ConflictPolicy,
    Level,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.engines.offered import why_no_migration_into
from migrations_ui.transfer.pacing.chunk_size import USUAL_ROWS
from migrations_ui.transfer.value_loss import Treatments
from pools.models import Pool, Server
from pools.services import audit

S = MigrationStatus


def create_migration(
    server: Server,
    pool: Pool,
    *,
    actor: User,
    kind: str = MigrationKind.MIGRATION,
    rows_per_second: int | None = None,
    chunk_rows: int | None = None,
    drain_seconds: int = 15,
    treatments: Treatments | None = None,
    derby_login: DerbyLogin | None = None,
    conflict_policy: str = ConflictPolicy.NEWEST,
) -> Migration:
    """A draft with its steps. Raises ActionRefused when the server cannot be migrated now.

    Without `treatments`, values that do not fit stop the migration before the copy.
    """
    opens = derby_login or DerbyLogin()
    with transaction.atomic():
        # The lock makes two people who draft the same server at once queue up here.
        server = Server.objects.select_for_update().get(pk=server.pk)
        _refuse_unmovable(server)
        _refuse_engine(pool)
        migration = Migration.objects.create(
            server=server,
            pool=pool,
            kind=kind,
            actor=actor,
            creates_pool=not pool.servers.exists(),
            rows_per_second=rows_per_second,
            chunk_rows=chunk_rows,
            drain_seconds=drain_seconds,
            derby_boot_password=opens.boot_password,
            derby_user=opens.user,
            derby_password=opens.password,
            conflict_policy=conflict_policy,
        )
        write_value_policies(migration, treatments or {})
        Step.objects.bulk_create(
            Step(migration=migration, position=position, name=name)
            for position, name in enumerate(STEP_ORDER[migration.kind_enum])
        )
        _record(actor, "create_migration", migration)
    return migration


def _refuse_unmovable(server: Server) -> None:
    if server.pool is not None:
        raise ActionRefused(f"{server} already belongs to {server.pool}.")
    if server.retired_at is not None:
        raise ActionRefused(f"{server} was retired on {server.retired_at:%-d %b %Y}.")
    unfinished = server.migrations.open().select_related("pool").first()
    if unfinished is not None:
        raise ActionRefused(
            f"{server} already has an unfinished migration into {unfinished.pool} "
            f"(migration {unfinished.pk}, {unfinished.get_status_display()}). Use that one, or "
            "cancel it first."
        )


def _refuse_engine(pool: Pool) -> None:
    why = why_no_migration_into(pool.database.engine)
    if why:
        raise ActionRefused(f"{pool} stands on {pool.database.get_engine_display()}. {why}")


def draft_migration_of_rehearsal(rehearsal: Migration, *, actor: User) -> Migration:
    """The migration that was rehearsed, drafted with the same choices and sent to be checked.

    Raises ActionRefused when the rehearsal has not ended well, or the server cannot be migrated
    now.
    """
    if Action.MIGRATE not in rehearsal.actions:
        raise ActionRefused(
            f"“{Action.MIGRATE.label}” does not fit now: the rehearsal of {rehearsal.server} is "
            f"{rehearsal.get_status_display()}."
        )
    with transaction.atomic():
        migration = create_migration(
            rehearsal.server,
            rehearsal.pool,
            actor=actor,
            rows_per_second=rehearsal.rows_per_second,
            chunk_rows=rehearsal.chunk_rows,
            drain_seconds=rehearsal.drain_seconds,
            treatments=rehearsal.value_policies.treatments(),
            derby_login=rehearsal.derby_login,
            conflict_policy=rehearsal.conflict_policy,
        )
        check_migration(migration, actor=actor)
    return migration


def check_migration(migration: Migration, *, actor: User) -> None:
    """Make the preflight report again; ends ready, or as a draft when something blocks."""
    with transaction.atomic():
        _ask(migration, Action.CHECK, S.CHECKING, actor, "asked for the preflight checks")
        queue_check(migration.pk)


def start_migration(migration: Migration, *, actor: User) -> None:
    """Start the migration and keep the pool; PoolBusy when another migration keeps it."""
    with transaction.atomic():
        _ask(
            migration,
            Action.START,
            S.RUNNING,
            actor,
            f"started the {migration.display_noun}",
            started_at=timezone.now(),
        )
        acquire_pool_lock(migration)
        # Another server may have joined or left the pool since this migration was drafted.
        migration.creates_pool = not migration.pool.servers.exists()
        migration.save(update_fields=["creates_pool"])
        expect_step_durations(migration)
        queue_run(migration.pk)


def pause_migration(migration: Migration, *, actor: User) -> None:
    """Rest after the chunk or command under way; nothing is written while paused."""
    _ask(migration, Action.PAUSE, S.PAUSING, actor, "asked for a pause")


def resume_migration(migration: Migration, *, actor: User) -> None:
    with transaction.atomic():
        _ask(migration, Action.RESUME, S.RUNNING, actor, f"resumed the {migration.display_noun}")
        queue_run(migration.pk)


def retry_migration(migration: Migration, *, actor: User) -> None:
    """Run the failed step again, and go on from there."""
    with transaction.atomic():
        _ask(migration, Action.RETRY, S.RUNNING, actor, "retries the failed step", failure="")
        queue_run(migration.pk)


def confirm_cutover(migration: Migration, *, actor: User, typed_name: str) -> None:
    """Go through the gate. `typed_name` is the server's Domino name in any of its forms."""
    require_name(migration, typed_name, to="cut over")
    _refuse_unequal(migration)
    now = timezone.now()
    with transaction.atomic():
        _ask(
            migration,
            Action.CONFIRM,
            S.RUNNING,
            actor,
            "confirmed the cut-over",
            confirmed_by=actor,
            confirmed_at=now,
        )
        migration.steps.filter(name=StepName.CUTOVER).update(
            status=StepStatus.DONE, finished_at=now, summary=f"Confirmed by {actor}."
        )
        queue_run(migration.pk)


def cancel_migration(migration: Migration, *, actor: User) -> None:
    """Give the migration up before the cut-over; the server goes on exactly as it was."""
    # The page may be old: what has been started meanwhile has something to undo.
    migration.refresh_from_db()
    if migration.started_at is None:
        _ask(
            migration,
            Action.CANCEL,
            S.CANCELLED,
            actor,
            f"discarded the {migration.display_noun}",
            finished_at=timezone.now(),
        )
        return
    with transaction.atomic():
        _ask(
            migration,
            Action.CANCEL,
            S.CANCELLING,
            actor,
            f"cancelled the {migration.display_noun}",
            level=Level.WARNING,
            is_going_back=True,
            failure="",
        )
        queue_run(migration.pk)


def roll_back_migration(migration: Migration, *, actor: User, typed_name: str) -> None:
    """After the cut-over: restore the server's backup and take this run's rows out of the pool.

    What devices changed since the cut-over is lost. `typed_name` is the server's Domino name
    in any of its forms. A finished migration has let go of its pool and takes it again first, so
    PoolBusy is possible.
    """
    require_name(migration, typed_name, to="roll back")
    with transaction.atomic():
        # The lock makes whoever purges what this migration keeps in this moment queue up here.
        lost = Migration.objects.select_for_update().get(pk=migration.pk).why_no_rollback
        if lost:
            raise ActionRefused(lost)
        _ask(
            migration,
            Action.ROLL_BACK,
            S.ROLLING_BACK,
            actor,
            "asked to roll back; changes that devices made since the cut-over are lost",
            level=Level.WARNING,
            is_going_back=True,
            failure="",
            finished_at=None,
        )
        acquire_pool_lock(migration)
        queue_run(migration.pk)


def limit_rate(migration: Migration, *, actor: User, rows_per_second: int | None) -> None:
    """Cap the copy, also while it runs; None lifts the cap. An ended migration refuses."""
    cap = f"{rows_per_second:,} rows a second" if rows_per_second else "no limit"
    _pace(
        migration,
        actor,
        "limit_rate",
        detail=cap,
        text=f"{actor} set the pace of the copy: {cap}.",
        rows_per_second=rows_per_second,
    )


def size_chunks(migration: Migration, *, actor: User, chunk_rows: int | None) -> None:
    """How many rows a transaction commits, from the next chunk on; None: the engine's own size.

    An ended migration refuses.
    """
    size = f"{chunk_rows or USUAL_ROWS:,} rows a chunk"
    _pace(
        migration,
        actor,
        "size_chunks",
        detail=size,
        text=f"{actor} set the size of the chunks: {size}, from the next one on.",
        chunk_rows=chunk_rows,
    )


def _pace(
    migration: Migration,
    actor: User,
    action: str,
    *,
    detail: str,
    text: str,
    **requested: int | None,
) -> None:
    """Steer the copy without a change of state; what was measured so far no longer foretells."""
    if migration.is_vendor_transfer:
        raise ActionRefused(
            f"There is nothing to pace: {migration.server} migrates its data by itself."
        )
    with transaction.atomic():
        unended = Migration.objects.open().filter(pk=migration.pk)
        if not unended.update(throttle_changed_at=timezone.now(), **requested):
            migration.refresh_from_db()
            raise ActionRefused(
                f"There is nothing left to pace: the migration of {migration.server} is "
                f"{migration.get_status_display()}."
            )
        _record(actor, action, migration, detail=detail)
        Event.objects.append(migration.pk, [Line(text, step=migration.current_step)])
        announce(migration.pk)
    migration.refresh_from_db()


def why_no_cutover(migration: Migration) -> str:
    """A comparison asked for at the gate may have found something, or may not be done."""
    if migration.verifications.open().exists():
        return "The rows are being compared again. Wait for how that ends."
    if migration.tables.filter(mismatches__gt=0).exists():
        return (
            "The last comparison found rows that are not equal. Write them again first: the page "
            "of the verification lists them."
        )
    return ""


def _refuse_unequal(migration: Migration) -> None:
    if reason := why_no_cutover(migration):
        raise ActionRefused(reason)


def choose_policy(migration: Migration, *, actor: User, conflict_policy: str) -> None:
    """Decide what stays where rows meet; refused once a row may have been decided otherwise."""
    with transaction.atomic():
        # The lock holds off whoever starts or retries the migration meanwhile.
        migration = Migration.objects.select_for_update().get(pk=migration.pk)
        if not migration.may_choose_policy:
            raise ActionRefused(
                f"The copy of {migration.server} has begun under “"
                f"{migration.get_conflict_policy_display()}”; rows that were decided stay so. "
                "To decide otherwise, cancel the migration and begin again."
            )
        migration.conflict_policy = conflict_policy
        migration.save(update_fields=["conflict_policy"])
        chosen = migration.get_conflict_policy_display()
        _record(actor, "choose_policy", migration, detail=chosen)
        Event.objects.append(
            migration.pk, [Line(f"{actor} decided for rows that the pool has too: {chosen}.")]
        )
        announce(migration.pk)


def require_name(migration: Migration, typed: str, *, to: str) -> None:
    """Raises NameNotTyped unless `typed` is the server's name in any of its forms."""
    server = migration.server
    if not server.is_called(typed):
        raise NameNotTyped(f"To {to}, type the server's name: {server.short_name}.")


def _ask(
    migration: Migration,
    action: Action,
    new: MigrationStatus,
    actor: User,
    did: str,
    *,
    level: Level = Level.INFO,
    **changes: object,
) -> None:
    """Change to `new` when `action` fits the state now; `did` completes "<actor> …"."""
    migration.refresh_from_db()
    if action not in migration.actions:
        raise ActionRefused(
            f"“{action.label.rstrip('…')}” does not fit now: the migration of {migration.server} "
            f"is {migration.get_status_display()}."
        )
    with transaction.atomic():
        if not change_status(migration, new=new, text=f"{actor} {did}.", level=level, **changes):
            raise ActionRefused(
                f"Someone else was a moment faster: the migration of {migration.server} is in "
                "another state by now. Look again before you decide."
            )
        _record(actor, f"{action.value}_migration", migration)


def _record(actor: User, action: str, migration: Migration, *, detail: str = "") -> None:
    audit.record(actor=actor, action=action, target=str(migration), detail=detail)
