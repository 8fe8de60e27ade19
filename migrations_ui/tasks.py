"""Tasks: an id in, one service call. Requires acks_late; the lease refuses redelivered twins."""

from __future__ import annotations

from celery import shared_task

from migrations_ui.runner import preflight, runner
from migrations_ui.runner.recovery import requeue
from migrations_ui.runner.scratch_cleanup import sweep_leftovers
from migrations_ui.services import conflicts, purge, retained, verifications


@shared_task
def run_migration(migration_id: int) -> None:
    runner.run_migration(migration_id)


@shared_task
def check_migration(migration_id: int) -> None:
    preflight.run_checks(migration_id)


@shared_task
def verification(verification_id: int) -> None:
    verifications.run_verification(verification_id)


@shared_task
def purge_retained(purge_id: int) -> None:
    purge.run_purge(purge_id)


@shared_task
def list_retained(database_id: int) -> None:
    retained.read_listing(database_id)


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
