"""The tables still to be copied: a thread takes the first one whose parents are all there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable

from migrations_ui.transfer.copy.table_copy import TableCopy
from migrations_ui.transfer.tables import TablePlan

# How long a pause or a failure elsewhere may go unnoticed by a thread that waits for parents.
NOTICE_SECONDS = 0.25


class TableQueue:
    """Shared by the copying threads. Plans have no cycles: see `order.parents_first`.

    `followed_by` names further tables that have to be finished before a table is begun.
    """

    def __init__(
        self,
        copies: Iterable[TableCopy],
        *,
        followed_by: Callable[[TablePlan], Collection[str]] = lambda table: (),
    ) -> None:
        # In the plan's order.
        self._waiting = {one.table.name: one for one in copies}
        self._followed_by = followed_by
        self._unfinished = set(self._waiting)
        self._changed = threading.Condition()

    def take(self, *, give_up: Callable[[], bool]) -> TableCopy | None:
        """The next table, waited for until its parents are finished; None when none is left.

        None as well as soon as `give_up` says so.
        """
        with self._changed:
            while self._waiting and not give_up():
                if (one := self._next()) is not None:
                    del self._waiting[one.table.name]
                    return one
                self._changed.wait(NOTICE_SECONDS)
            return None

    def _next(self) -> TableCopy | None:
        first: TableCopy | None = None
        for one in self._waiting.values():
            if not self._unfinished.isdisjoint(one.table.parents):
                continue
            if self._unfinished.isdisjoint(self._followed_by(one.table)):
                return one
            first = first or one
        # The order of tables is the run's rule, and might go against the foreign keys: then they
        # count, for nothing that is under way could ever end the waiting.
        under_way = len(self._unfinished) > len(self._waiting)
        return None if under_way else first

    def finished(self, name: str) -> None:
        """All rows of this table are committed."""
        with self._changed:
            self._unfinished.discard(name)
            self._changed.notify_all()
