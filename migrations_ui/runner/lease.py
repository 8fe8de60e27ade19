"""The watch over a run: keeps the lease, notices what people ask, and ticks for the recorders.

One thread, so that the copying threads need no connection to the console's database of their own.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog
from django.conf import settings
from django.db import Error, connection

from migrations_ui.broadcast import announce
from migrations_ui.models import Event, Migration
from migrations_ui.models.event import Line
from migrations_ui.states import GOING_BACK, Level, MigrationStatus
from migrations_ui.steps.files.attempt_files import begin_attempt, end_attempt
from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.errors import RunnerReplaced

TICK_SECONDS = 0.25
REST_SECONDS = 1.0
# A lease not renewed for this part of its time counts as lost, before another worker may take it.
TRUSTED_PART = 0.8

logger = structlog.get_logger(__name__)
Tick = Callable[[], None]


class LeaseHeartbeat:
    """Use as a context while holding the lease; `decide` is a transfer engine's Control."""

    def __init__(self, migration: Migration, *, owner: str, lease: timedelta) -> None:
        self.lost = False
        self.attempt = migration.attempt
        self._pk = migration.pk
        self._owner = owner
        self._lease = lease
        self._status = migration.state
        self._cap = migration.rows_per_second
        self._chunk_rows = migration.chunk_rows
        self._renewed_at = time.monotonic()
        self._ticks: list[Tick] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._watch, name=f"watch-{migration.pk}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        if not self.lost:
            Migration.objects.drop_lease(self._pk, owner=self._owner)

    def decide(self) -> Decision:
        """As of the last tick. A lost lease and a cancellation stop, a pause pauses."""
        if self.has_lapsed or self._status in GOING_BACK:
            return Decision.STOP
        if self._status is MigrationStatus.PAUSING:
            return Decision.PAUSE
        return Decision.GO

    @property
    def has_lapsed(self) -> bool:
        """True when the lease is lost, or was not renewed in time.

        Looks at the clock itself: the watch's thread may hang in a query, or have died.
        """
        age = time.monotonic() - self._renewed_at
        return self.lost or age > self._lease.total_seconds() * TRUSTED_PART

    def rows_per_second(self) -> int | None:
        return self._cap

    def chunk_rows(self) -> int | None:
        return self._chunk_rows

    def holds(self) -> bool:
        """Ask the database, not the last tick: True when the lease is ours and now renewed."""
        if not self.lost:
            # The time before the question: the answer may be long on its way.
            asked_at = time.monotonic()
            self.lost = not Migration.objects.renew_lease(
                self._pk, owner=self._owner, duration=self._lease
            )
            self._renewed_at = asked_at
        return not self.lost

    def rest(self) -> bool:
        """Wait a moment before asking the database again; False when the lease has lapsed."""
        self._ended.wait(REST_SECONDS)
        return not self.has_lapsed

    def writing(self) -> AbstractContextManager[None]:
        """A transaction of this attempt's; raises RunnerReplaced when it is not the latest."""
        return Migration.objects.writing(self._pk, attempt=self.attempt)

    @contextmanager
    def ticking(self, tick: Tick) -> Iterator[None]:
        """Call `tick` four times a second from the watch's thread, and once at the end."""
        self._ticks.append(tick)
        try:
            yield
        finally:
            self._ticks.remove(tick)
            if not self.lost:
                tick()

    def _watch(self) -> None:
        try:
            while not self.lost and not self._ended.wait(TICK_SECONDS):
                self._look()
        except RunnerReplaced:
            self.lost = True
        except Exception:
            # Nobody would renew the lease any more, or notice a cancellation.
            logger.exception("the watch over a run has ended", migration=self._pk)
            self.lost = True
        finally:
            connection.close()

    def _look(self) -> None:
        try:
            if time.monotonic() - self._renewed_at > self._lease.total_seconds() / 3:
                self.holds()
            status, self._cap, self._chunk_rows = Migration.objects.values_list(
                "status", "rows_per_second", "chunk_rows"
            ).get(pk=self._pk)
            self._status = MigrationStatus(status)
            for tick in tuple(self._ticks):
                tick()
        # Error, not DatabaseError: a connection that the server closed is an InterfaceError.
        except Error as error:
            logger.warning("the run cannot reach the console database", error=str(error))
            connection.close()
        if self.has_lapsed:
            self.lost = True


@contextmanager
def holding_lease(migration_id: int) -> Iterator[LeaseHeartbeat | None]:
    """Take the lease and watch over it; None for a twin, who finds it taken and has to go."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    lease = timedelta(seconds=settings.LIFEGUARD_LEASE_SECONDS)
    if not Migration.objects.take_lease(migration_id, owner=owner, duration=lease):
        yield None
        return
    migration = Migration.objects.for_run(migration_id)
    with (
        LeaseHeartbeat(migration, owner=owner, lease=lease) as heartbeat,
        _own_files(migration, heartbeat),
    ):
        yield heartbeat


@contextmanager
def _own_files(migration: Migration, heartbeat: LeaseHeartbeat) -> Iterator[None]:
    """A directory of this attempt's own; whoever worked in an earlier one is ended."""
    notes: list[str] = []
    try:
        notes = begin_attempt(migration.run_id, heartbeat.attempt)
    except OSError as error:
        # A full disk, say. The step that needs it will report it.
        logger.warning("no directory for an attempt", migration=migration.pk, error=str(error))
    try:
        if notes:
            with heartbeat.writing():
                lines = [Line(note, level=Level.WARNING) for note in notes]
                Event.objects.append(migration.pk, lines)
                announce(migration.pk)
        yield
    finally:
        end_attempt(migration.run_id, heartbeat.attempt, tidy=not heartbeat.lost)


class PersistentControl:
    """For undoing: a cancellation is what is being carried out, only a lost lease stops it."""

    def __init__(self, heartbeat: LeaseHeartbeat) -> None:
        self._heartbeat = heartbeat

    def decide(self) -> Decision:
        return Decision.STOP if self._heartbeat.has_lapsed else Decision.GO

    def rows_per_second(self) -> int | None:
        return None

    def chunk_rows(self) -> int | None:
        return None


class UnpausedControl:
    """For what must not rest half done: a pause comes after it, a cancellation and a lost lease
    stop it."""

    def __init__(self, heartbeat: LeaseHeartbeat) -> None:
        self._heartbeat = heartbeat

    def decide(self) -> Decision:
        return Decision.STOP if self._heartbeat.decide() is Decision.STOP else Decision.GO

    def rows_per_second(self) -> int | None:
        return self._heartbeat.rows_per_second()

    def chunk_rows(self) -> int | None:
        return self._heartbeat.chunk_rows()
