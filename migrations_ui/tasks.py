"""Tasks: an id in, one service call. Requires acks_late; the lease refuses redelivered twins."""

from __future__ import annotations

from celery import shared_task

from migrations_ui.services import checking, clearing, conflicts, kept, rechecks, runner
from migrations_ui.services.abandoned import requeue
from migrations_ui.services.leftovers import sweep_leftovers


@shared_task
def run_migration(migration_id: int) -> None:
    runner.run_migration(migration_id)


@shared_task
def check_migration(migration_id: int) -> None:
    checking.run_checks(migration_id)


@shared_task
def recheck(recheck_id: int) -> None:
    rechecks.run_recheck(recheck_id)


@shared_task
def clear_kept(clearing_id: int) -> None:
    clearing.run_clearing(clearing_id)


@shared_task
def list_kept(database_id: int) -> None:
    kept.read_listing(database_id)


@shared_task
def fetch_conflicts(page_id: int) -> None:
    """A person waits for it."""
    conflicts.fetch_page(page_id)


@shared_task(ignore_result=True)
def requeue_abandoned() -> None:
    """Every few seconds, by the beat."""
    requeue()
    conflicts.forget_pages()


@shared_task(ignore_result=True)
def drop_leftovers() -> None:
    """Every hour, by the beat."""
    sweep_leftovers()
