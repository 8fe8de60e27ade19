"""Conflicts beyond those that the console keeps: page by page out of the pool's database.

Web processes open no managed database, so a page is a row that a worker fills.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import structlog
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from migrations_ui.models import ConflictPage, Migration
from migrations_ui.models.conflict import FetchedConflict
from migrations_ui.runner.queue import FETCH_CONFLICTS
from migrations_ui.runner.runner import EXPECTED, describe, unforeseen
from migrations_ui.states import VerificationStatus
from migrations_ui.steps.transfer.conflicts import LONGEST_KEY
from migrations_ui.steps.transfer.masking import MASKING
from migrations_ui.transfer.merge.conflicts import ConflictPosition, read_conflicts
from migrations_ui.transfer.plan.stored_plan import unpacked
from pools.services.task_queue import queue_by_name

# As long as one is browsed behind; the rows of others are not kept longer than needed.
FORGOTTEN_AFTER = timedelta(hours=1)
# Asked for so long without an end, the worker was lost.
LOST_AFTER = timedelta(minutes=2)
# A page that failed is asked for again by whoever comes later than this.
ASK_AGAIN_AFTER = timedelta(seconds=10)

# Rows of a part of a download, and how often is asked whether it has come.
DOWNLOAD_SIZE = 2_000
POLL_SECONDS = 0.1

logger = structlog.get_logger(__name__)


class NotFetched(Exception):
    """The rest of the list cannot be had; the message says why."""


def conflicts_in_all(migration: Migration, *, kept: int) -> int:
    """Exactly, as the target counted them; of a run that stopped to ask, those it stopped at.
    `kept`: how many the console keeps."""
    counted = sum(table.conflicts for table in migration.tables.all())
    return max(counted, kept)


def why_no_more(migration: Migration) -> str:
    """Why only those that the console keeps can be shown; empty when the target has all."""
    if migration.why_no_rollback:
        return migration.why_no_rollback
    if migration.is_rehearsal:
        return "The others went with the scratch schema of the rehearsal."
    if not migration.tables.exclude(plan="").exists():
        return "This migration is from before the console could look the others up."
    return ""


def request_conflict_page(
    migration: Migration, *, follows: int, size: int, verdict: str = ""
) -> ConflictPage:
    """The page behind another (0: behind what the console keeps): as it was read before, or asked
    for now. Raises ConflictPage.DoesNotExist when that other one is forgotten."""
    if follows:
        migration.conflict_pages.get(pk=follows, verdict=verdict)
    now = timezone.now()
    known = migration.conflict_pages.filter(follows=follows, size=size, verdict=verdict).last()
    if known is not None and now - known.asked_at < _lasts(known):
        return known
    with transaction.atomic():
        page = ConflictPage.objects.create(
            migration=migration, follows=follows, size=size, verdict=verdict, asked_at=now
        )
        queue_by_name(FETCH_CONFLICTS, page.pk, if_not=partial(_fail, page.pk))
    return page


def fetch_page(page_id: int) -> None:
    """Fill a page that was asked for. Workers only."""
    page = ConflictPage.objects.filter(pk=page_id).first()
    if page is None or page.status == VerificationStatus.DONE:
        return
    migration = Migration.objects.for_run(page.migration_id)
    tables = [
        unpacked(table.table, table.plan) for table in migration.tables.exclude(plan="").all()
    ]
    try:
        found = read_conflicts(
            tables,
            login=migration.target_login(),
            run_id=migration.run_id,
            limit=page.size,
            behind=_behind(page),
            verdict=page.verdict,
            masking=MASKING,
        )
    except EXPECTED as error:
        _fail(page_id, describe(error))
        return
    except Exception as error:
        logger.exception("conflicts could not be read", page=page_id)
        _fail(page_id, f"{unforeseen(error)}.")
        return
    rows = [
        (
            conflict.table,
            conflict.key,
            conflict.verdict.value,
            {each.column: (each.pool, each.server) for each in conflict.values},
        )
        for conflict in found.conflicts
    ]
    ConflictPage.objects.filter(pk=page_id).update(
        rows=json.dumps(rows), end=str(found.end or ""), status=VerificationStatus.DONE
    )


async def all_behind(migration: Migration) -> AsyncIterator[list[FetchedConflict]]:
    """All that the target has behind what the console keeps, as workers read it; each page is
    forgotten when the next one has come. Raises NotFetched."""
    follows, before = 0, None
    while True:
        page = await _fetched(migration, follows)
        if before is not None:
            await before.adelete()
        yield page.conflicts
        if not page.end:
            await page.adelete()
            return
        follows, before = page.pk, page


async def _fetched(migration: Migration, follows: int) -> ConflictPage:
    ask = sync_to_async(request_conflict_page)
    page = await ask(migration, follows=follows, size=DOWNLOAD_SIZE)
    while not page.is_read:
        if page.status == VerificationStatus.FAILED:
            raise NotFetched(page.failure)
        if timezone.now() - page.asked_at > LOST_AFTER:
            raise NotFetched("no worker has read them. Look whether workers run.")
        await asyncio.sleep(POLL_SECONDS)
        await page.arefresh_from_db()
    return page


def forget_pages() -> None:
    """Pages that nobody can be reading any more."""
    ConflictPage.objects.filter(asked_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


def _behind(page: ConflictPage) -> ConflictPosition | None:
    if page.follows:
        before = ConflictPage.objects.get(pk=page.follows)
        return ConflictPosition.parse(before.end)
    # A key that the console had to cut leads nowhere: then some are listed twice, and none missed.
    for kept in page.migration.conflicts.order_by("-pk"):
        if len(kept.row_key) < LONGEST_KEY:
            return ConflictPosition(kept.table, kept.row_key)
    return None


def _lasts(page: ConflictPage) -> timedelta:
    if page.status == VerificationStatus.FAILED:
        return ASK_AGAIN_AFTER
    return FORGOTTEN_AFTER if page.is_read else LOST_AFTER


def _fail(page_id: int, reason: str) -> None:
    ConflictPage.objects.filter(pk=page_id).update(status=VerificationStatus.FAILED, failure=reason)
