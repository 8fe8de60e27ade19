"""The one place that changes a migration's status, keeps its pool, and notifies the viewers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from migrations_ui.broadcast import announce_state
from migrations_ui.errors import PoolBusy
from migrations_ui.models import Migration, PoolLock, Verification
from migrations_ui.runner.queue import queue_condition
from migrations_ui.states import ENDED, Level, MigrationStatus


def change_status(
    migration: Migration,
    *,
    new: MigrationStatus,
    text: str,
    level: Level = Level.INFO,
    **changes: object,
) -> bool:
    """Compare-and-set from the state `migration` was read in; False when someone was faster.

    A state that ends the migration lets go of its pool in the same transaction, and has the pool's
    and the server's condition asked after it: they are not as they were before the run.
    """
    with transaction.atomic():
        if not Migration.objects.change_status(
            migration.pk, old=migration.state, new=new, text=text, level=level, **changes
        ):
            return False
        if new in ENDED:
            PoolLock.objects.filter(migration=migration).delete()
            if migration.started_at is not None:
                # Only who changed the state comes here, so they are asked once.
                queue_condition(migration)
        announce_state(migration.pk)
    migration.refresh_from_db()
    return True


def acquire_pool_lock(migration: Migration) -> None:
    """Take the pool's lock row, or raise PoolBusy; call it in the transaction of the status.

    Two at once meet at the primary key: the second waits for the first to commit and loses.
    A pool that is kept for this migration already stays so.
    """
    if PoolLock.objects.filter(migration=migration).exists():
        return
    try:
        with transaction.atomic():
            PoolLock.objects.create(pool_id=migration.pool_id, migration=migration)
    except IntegrityError:
        raise _busy(migration) from None


@contextmanager
def pool_lock(migration: Migration, *, holds: Callable[[], bool]) -> Iterator[None]:
    """Keep the pool for a while on behalf of a migration that has ended, or raise PoolBusy.

    A lock that was left by a worker that was killed, or whose lease no longer `holds`, is taken
    over by whoever carries its work on.
    """
    acquire_pool_lock(migration)
    try:
        yield
    finally:
        if holds():
            _release_pool_lock(migration)


def _release_pool_lock(migration: Migration) -> None:
    with transaction.atomic():
        # Somebody may have asked for the rollback meanwhile: then that keeps the pool.
        if Migration.objects.select_for_update().get(pk=migration.pk).state in ENDED:
            PoolLock.objects.filter(migration=migration).delete()


def why_pool_is_locked(migration: Migration) -> str:
    """Why nothing can be done in its pool for this migration now; empty when no other keeps it."""
    others = PoolLock.objects.exclude(migration=migration)
    if not others.filter(pool_id=migration.pool_id).exists():
        return ""
    return str(_busy(migration))


def _busy(migration: Migration) -> PoolBusy:
    lock = (
        PoolLock.objects.select_related("migration__server", "pool")
        .filter(pool_id=migration.pool_id)
        .first()
    )
    if lock is None:
        return PoolBusy(f"Another migration has just let go of {migration.pool}. Try again.")
    if lock.migration.state in ENDED:
        if Verification.objects.open().filter(migration=lock.migration).exists():
            return PoolBusy(
                f"The rows of the migration of {lock.migration.server} are being compared in the "
                f"database of {lock.pool}. Try again when that has ended."
            )
        return PoolBusy(
            f"What the migration of {lock.migration.server} kept in the database of {lock.pool} is "
            "being purged, which takes a moment. Try again."
        )
    return PoolBusy(
        f"{lock.pool} takes one server at a time, and {lock.migration.server} is being migrated "
        f"into it (migration {lock.migration_id}, {lock.migration.get_status_display()}). "
        "Let that migration end first.",
        holder_id=lock.migration_id,
    )
