"""Copies a plan's tables, a few at a time, each on a thread and a connection of its own.

Python only moves bytes: the reader encodes, in the target's syntax, and the target decodes.
Memory stays flat because a piece of a slice is all that is ever held.
"""

from __future__ import annotations

import enum
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.deferred_keys import put_back
from migrations_ui.transfer.checkpoint.earlier_sessions import (
    end_earlier_sessions,
    hint_for_dba,
    open_marked,
)
from migrations_ui.transfer.checkpoint.table_progress import TableProgress
from migrations_ui.transfer.control import Control, Decision, Observer, Silent, Unattended
from migrations_ui.transfer.copy.table_copy import TableCopy
from migrations_ui.transfer.copy.table_queue import TableQueue
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines.base import (
    ConnectionGone,
    LoadingChanged,
    Target,
    TargetLocked,
)
from migrations_ui.transfer.engines.shared_connection import SharedConnection
from migrations_ui.transfer.error_context import add_error_context
from migrations_ui.transfer.errors import NotCopied, PlanBlocked
from migrations_ui.transfer.merge_policy import MergeCounts, MergePolicy
from migrations_ui.transfer.pacing.adaptive import AdaptiveThrottle
from migrations_ui.transfer.pacing.reconnect import RetryBackoff
from migrations_ui.transfer.pacing.throttle import Throttle
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin
from pools.databases.errors import (
    DatabaseError,
    DatabaseLoginRefused,
    DatabaseMissing,
    DriverMissing,
    LoginUnusable,
    PrivilegeMissing,
)

# What only a person mends; everything else may be over by the next try.
NOT_WORTH_WAITING = (
    *(TargetLocked, DatabaseLoginRefused, LoginUnusable, PrivilegeMissing, DatabaseMissing),
    DriverMissing,
)


class CopyOutcome(enum.Enum):
    """How a call of `copy` ended."""

    FINISHED = "finished"
    PAUSED = "paused"
    STOPPED = "stopped"


OUTCOMES = {
    Decision.GO: CopyOutcome.FINISHED,
    Decision.PAUSE: CopyOutcome.PAUSED,
    Decision.STOP: CopyOutcome.STOPPED,
}


class NativeFailure(Exception):
    """A copying thread was ended by something that is no Exception, as a panic of a driver's
    native core is. What it was is the cause of this."""


@dataclass(frozen=True, slots=True)
class TableResult:
    """One table as the target's control tables have it; `rows_written` are those inserted."""

    name: str
    rows_total: int
    rows_written: int
    rows_rejected: int
    finished: bool
    merged: MergeCounts = MergeCounts()  # noqa: RUF009  frozen


@dataclass(frozen=True, slots=True)
class CopyResult:
    """`tables` holds those that were begun, in the plan's order."""

    outcome: CopyOutcome
    tables: tuple[TableResult, ...]


def copy(
    plan: TransferPlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    settings: TransferSettings | None = None,
    observer: Observer | None = None,
    control: Control | None = None,
) -> CopyResult:
    """Copy the plan, or what is left of it: resuming is calling again with the same `run_id`.

    Raises PlanBlocked, TargetLost, TargetRefused, RunnerReplaced, SourceChanged or another
    SourceError; and a `pools.databases.errors.DatabaseError` when the target cannot be reached
    at the start.
    """
    if plan.blocked:
        raise PlanBlocked
    copying = _Copying(
        plan=plan,
        source=source,
        login=login,
        run_id=run_id,
        settings=settings or TransferSettings(),
        observer=observer or Silent(),
        control=control or Unattended(),
    )
    return copying.run()


@dataclass(slots=True)
class _Copying:
    plan: TransferPlan
    source: DerbySource
    login: DatabaseLogin
    run_id: str
    settings: TransferSettings
    observer: Observer
    control: Control
    waiting: TableQueue = field(init=False)
    results: dict[str, TableProgress] = field(default_factory=dict)
    decisions: set[Decision] = field(default_factory=set)
    failures: list[BaseException] = field(default_factory=list)

    def run(self) -> CopyResult:
        with self._open_target() as target, add_error_context(self.login):
            checkpoint = Checkpoint(target, self.run_id, attempt=self.settings.attempt)
            refused = end_earlier_sessions(target, self.run_id, self.settings.attempt)
            with hint_for_dba(refused):
                checkpoint.create_tables()
                checkpoint.attempt.take_over()
            if target.operations.remark:
                self.observer.note(target.operations.remark)
        throttle, throttle_back = Throttle(self), AdaptiveThrottle(self, self.observer)
        self.waiting = TableQueue(
            (
                TableCopy(
                    *(table, self.source, self.run_id, self.settings, self.observer),
                    *(self, throttle, throttle_back, self._open_target, self.plan.tables),
                )
                for table in self.plan.tables
            ),
            followed_by=self._followed_by,
        )
        threads = [
            threading.Thread(target=self._carry_tables, name=f"copy {number}")
            for number in range(self.settings.parallel_tables)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failures:
            failure = self.failures[0]
            if isinstance(failure, Exception):
                raise failure
            # To the caller's handlers it would be no failure at all.
            raise NativeFailure from failure
        result = self._result()
        if result.outcome is CopyOutcome.FINISHED:
            self._put_back()
        return result

    def _followed_by(self, table: TablePlan) -> list[str]:
        """The tables whose verdicts this one follows, where rows may meet."""
        settings = self.settings
        if settings.exclusive or settings.policy is not MergePolicy.NEWEST:
            return []
        return [each.name for each in self.plan.tables if settings.rules.is_parent_of(each, table)]

    def decide(self) -> Decision:
        """The caller's decision, but a failure in one thread stops the others at their chunk."""
        return Decision.STOP if self.failures else self.control.decide()

    def rows_per_second(self) -> int | None:
        return self.control.rows_per_second()

    def chunk_rows(self) -> int | None:
        return self.control.chunk_rows()

    def _carry_tables(self) -> None:
        try:
            with SharedConnection(self._open_target) as connection:
                self._carry_each(connection)
        except BaseException as error:  # noqa: BLE001  raised again by run(), in the caller's thread
            self.failures.append(error)

    def _carry_each(self, connection: SharedConnection) -> None:
        while True:
            one = self.waiting.take(give_up=self._gives_up)
            if one is None:
                # Nothing is left, or nothing more is to be begun now.
                self.decisions.add(self.decide())
                return
            decision, self.results[one.table.name] = self._carry(one, connection)
            self.decisions.add(decision)
            if decision is not Decision.GO:
                return
            self.waiting.finished(one.table.name)

    def _gives_up(self) -> bool:
        """Whether nothing more is to be begun. Why not is kept: by the next look a pause may be
        over, and the tables that were left for it are not copied all the same."""
        decision = self.decide()
        self.decisions.add(decision)
        return decision is not Decision.GO

    def _put_back(self) -> None:
        """All rows are there, so foreign keys can be: here, once, whichever table was the last."""
        backoff = RetryBackoff(self.settings.reconnect_seconds, self)
        while True:
            try:
                with self._open_target() as target, add_error_context(self.login):
                    put_back(target, self.run_id, self.observer)
                return
            except NOT_WORTH_WAITING:
                raise
            except (ConnectionGone, DatabaseError) as error:
                self.observer.note("The target went away; trying again.")
                backoff.wait_after(error, position=0)

    def _carry(
        self, one: TableCopy, connection: SharedConnection
    ) -> tuple[Decision, TableProgress]:
        """Copy one table over as many connections as it takes."""
        backoff = RetryBackoff(self.settings.reconnect_seconds, self)
        while True:
            try:
                target = connection.target()
                with add_error_context(self.login, one.table, target):
                    return one.run(target)
            except NOT_WORTH_WAITING:
                raise
            except (ConnectionGone, DatabaseError) as error:
                connection.close()
                text = "the target went away; trying again."
                if isinstance(error, LoadingChanged):
                    text = str(error)
                self.observer.note(f"{one.table.name}: {text}")
                backoff.wait_after(error, position=one.position)

    def _open_target(self) -> AbstractContextManager[Target]:
        settings = self.settings
        return open_marked(
            self.login, self.run_id, settings.attempt, lock_seconds=settings.lock_seconds
        )

    def _result(self) -> CopyResult:
        decision = next(
            (each for each in (Decision.STOP, Decision.PAUSE) if each in self.decisions),
            Decision.GO,
        )
        tables = tuple(
            TableResult(
                name=table.name,
                rows_total=done.rows_total,
                rows_written=done.rows_written,
                rows_rejected=done.rows_rejected,
                finished=done.finished,
                merged=done.merged,
            )
            for table in self.plan.tables
            if (done := self.results.get(table.name)) is not None
        )
        finished = {table.name for table in tables if table.finished}
        left = [table.name for table in self.plan.tables if table.name not in finished]
        if left and decision is Decision.GO:
            raise NotCopied(f"{', '.join(left)}: not copied to the end, and nobody asked to stop.")
        return CopyResult(OUTCOMES[decision], tables)
