"""What migrations keep in a pool's database: asked for by a person, read by a worker, shown with
its age."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from migrations_ui.models import RetainedListing, RetainedRows
from migrations_ui.runner.queue import LIST_RETAINED
from migrations_ui.runner.runner import EXPECTED, describe, unforeseen
from migrations_ui.transfer.undo.retained import RetainedTable, list_retained
from pools.databases.connection import DatabaseLogin
from pools.models import DatabaseConfiguration
from pools.services.task_queue import queue_by_name

# Older than this, a page that is opened asks again by itself.
STALE_AFTER = timedelta(minutes=5)
# Asked for so long without an end, the worker was lost. Counting many millions of rows takes time.
LOST_AFTER = timedelta(minutes=10)

logger = structlog.get_logger(__name__)


def request_listing(database: DatabaseConfiguration) -> bool:
    """Have a worker look; False when that is under way. Nothing there is changed by it."""
    RetainedListing.objects.get_or_create(database=database)
    now = timezone.now()
    idle = Q(asked_at=None) | Q(asked_at__lt=now - LOST_AFTER)
    with transaction.atomic():
        if not RetainedListing.objects.filter(idle, database=database).update(asked_at=now):
            return False
        queue_by_name(LIST_RETAINED, database.pk, if_not=partial(_keep_failure, database.pk))
    return True


def is_asked(listing: RetainedListing | None) -> bool:
    """Whether an answer is awaited."""
    asked = listing.asked_at if listing else None
    return asked is not None and timezone.now() - asked < LOST_AFTER


def is_due(listing: RetainedListing | None) -> bool:
    """Whether a page that is opened now should ask."""
    if is_asked(listing):
        return False
    if listing is None or listing.read_at is None:
        # After a failure somebody has to press the button: each try may cost a time-out.
        return listing is None or not listing.failure
    return timezone.now() - listing.read_at > STALE_AFTER and not listing.failure


def listing_of(database: DatabaseConfiguration) -> RetainedListing | None:
    """The last reading, if it was of the address that the configuration has now."""
    listing = RetainedListing.objects.filter(database=database).first()
    if listing is not None and listing.read_at and listing.place != place_of(database.login()):
        listing.lines.all().delete()
        listing.read_at, listing.place = None, ""
        listing.save(update_fields=["read_at", "place"])
    return listing


def read_listing(database_id: int) -> None:
    """Look now and keep what is there, or the reason why it could not be seen. Workers only."""
    database = DatabaseConfiguration.objects.get(pk=database_id)
    login = database.login()
    RetainedListing.objects.get_or_create(database=database)
    try:
        tables = list_retained(login)
    except EXPECTED as error:
        _keep_failure(database_id, describe(error))
        return
    except Exception as error:
        logger.exception("what is kept could not be listed", database=database_id)
        _keep_failure(
            database_id, f"{unforeseen(error)}; read again, and report it if it comes again."
        )
        return
    with transaction.atomic():
        listing = RetainedListing.objects.get(database=database)
        listing.lines.all().delete()
        RetainedRows.objects.bulk_create(
            line for table in tables for line in _lines(listing, table)
        )
        listing.asked_at, listing.read_at, listing.failure = None, timezone.now(), ""
        listing.place = place_of(login)
        listing.save()


def place_of(login: DatabaseLogin) -> str:
    """Where a login leads, as text that holds no secret."""
    schema = f" {login.schema}" if login.schema else ""
    return f"{login.engine}://{login.host}:{login.port}/{login.name}{schema}"[:255]


def _lines(listing: RetainedListing, table: RetainedTable) -> list[RetainedRows]:
    return [
        RetainedRows(
            listing=listing,
            table=table.name,
            purpose=table.purpose.value,
            of_table=table.of,
            size=table.size,
            run_id=run_id[:64],
            rows=rows,
        )
        for run_id, rows in (table.rows or {"": 0}).items()
    ]


def _keep_failure(database_id: int, reason: str) -> None:
    RetainedListing.objects.filter(database=database_id).update(asked_at=None, failure=reason)
