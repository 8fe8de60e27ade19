"""What passes by itself is waited for: one mechanism around every step, comparison and purge.

A step is run again from its beginning, which every step is made for. The exception classes say
which errors are transient (`is_transient`); everything else stops for a person at once.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.utils import timezone

from migrations_ui.broadcast import announce
from migrations_ui.models import Migration
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.transfer.errors import ReaderDied, TransferError, WorkerDiskFull
from pools.databases.errors import DatabaseError
from pools.domain.durations import in_two_units
from pools.gateways.errors import GatewayError, LocalDiskFull

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
# Work that went well for so long before it failed: what is away now is another outage.
FRESH_SECONDS = 60.0
# A reader that dies again and again is killed by what it reads, or by too little memory.
MOST_READER_DEATHS = 3
# The console's own database, locked or away.
CONSOLE_AWAY = (OperationalError, InterfaceError)
WORKER_DISK = "room on the worker’s disk"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

logger = structlog.get_logger(__name__)


def what_is_away(error: Exception) -> str:
    """What the error says is missing for the moment; empty when only a person can mend it."""
    what = ""
    match error:
        case ReaderDied():
            what = "the Derby reader"
        case LocalDiskFull() | WorkerDiskFull():
            what = WORKER_DISK
        case DatabaseError() | TransferError() if error.is_transient:
            what = "the database"
        case GatewayError() if error.is_transient:
            what = "the server"
        case OperationalError() | InterfaceError():
            what = "the console’s database"
        case OSError() if error.errno in NO_ROOM:
            what = WORKER_DISK
    return what


@dataclass(slots=True)
class _Outage:
    """One stretch of failures. Times are those of the monotonic clock, `since` is for people."""

    what: str
    began: float
    since: datetime
    pause: float = FIRST_PAUSE

    def lasts_too_long(self) -> bool:
        longest: int = settings.LIFEGUARD_OUTAGE_SECONDS
        return time.monotonic() - self.began >= longest


def outlast(work: Callable[[], str], context: StepContext) -> str:
    """What `work` returns, called again while what it needs is away, with longer and longer pauses.

    Raises StepFailed with the cause and the remedy when that takes too long, Interrupted when the
    run is to rest or to turn back meanwhile, and at once whatever is not transient.
    """
    outage: _Outage | None = None
    deaths = 0
    while True:
        begun = time.monotonic()
        try:
            return work()
        except Exception as error:
            what = what_is_away(error)
            if not what:
                raise
            logger.warning("waiting in a step", run=context.migration.pk, error=repr(error))
            deaths += isinstance(error, ReaderDied)
            if outage is None or time.monotonic() - begun > FRESH_SECONDS:
                outage = _Outage(what, time.monotonic(), timezone.now())
            if outage.lasts_too_long() or deaths > MOST_READER_DEATHS:
                raise _stayed_away(error, outage, deaths) from error
            outage.what = what
            _wait(context, error, outage)


def _wait(context: StepContext, error: Exception, outage: _Outage) -> None:
    pause = outage.pause
    outage.pause = min(2 * pause, LONGEST_PAUSE)
    context.log(
        f"Waiting for {outage.what}: {_words(error)} Tries again in {pause:.0f} s.",
        level=Level.WARNING,
    )
    _show(context, outage, timezone.now() + timedelta(seconds=pause))
    try:
        context.wait(pause)
    finally:
        _show(context, None, None)


def _show(context: StepContext, outage: _Outage | None, until: datetime | None) -> None:
    """On the page: what the run waits for. It may be the console's own database that is away."""
    try:
        with context.writing():
            Migration.objects.filter(pk=context.migration.pk).update(
                waiting_for=outage.what if outage else "",
                waiting_since=outage.since if outage else None,
                waiting_until=until,
            )
            announce(context.migration.pk)
    except Error as error:
        logger.warning("not shown what a run waits for", error=str(error))
        connection.close()


def _stayed_away(error: Exception, outage: _Outage, deaths: int) -> StepFailed:
    remedy = getattr(error, "remedy", "")
    waited = in_two_units(timezone.now() - outage.since)
    how = f"ended {deaths} times" if deaths > MOST_READER_DEATHS else f"stayed away for {waited}"
    what = outage.what[0].upper() + outage.what[1:]
    seen = _words(error).removesuffix(remedy).strip()
    return StepFailed(
        f"{what} {how}. {seen}",
        remedy=remedy or "Retry when it is back: what was committed stays.",
    )


def _words(error: Exception) -> str:
    """The error's own, where they are written for people; others may hold anything."""
    match error:
        case DatabaseError() | TransferError() | GatewayError():
            text = str(error)
            return text if text.endswith((".", "!", "?")) else f"{text}."
        case OSError():
            return "The disk is full."
        case _:
            return "It cannot be reached, or is locked."
