"""The tables still to be copied: a thread takes the first one whose parents are all there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from migrations_ui.transfer.lane import TableCopy

# How long a pause or a failure elsewhere may go unnoticed by a thread that waits for parents.
NOTICE_SECONDS = 0.25


class TableQueue:
    """Shared by the copying threads. Plans have no cycles: see `order.parents_first`."""

    def __init__(self, copies: Iterable[TableCopy]) -> None:
        self._waiting = list(copies)
        self._unfinished = {one.table.name for one in self._waiting}
        self._changed = threading.Condition()

    def take(self, *, give_up: Callable[[], bool]) -> TableCopy | None:
        """The next table, waited for until its parents are finished; None when none is left.

        None as well as soon as `give_up` says so.
        """
        with self._changed:
            while self._waiting and not give_up():
                for one in self._waiting:
                    if self._unfinished.isdisjoint(one.table.parents):
                        self._waiting.remove(one)
                        return one
                self._changed.wait(NOTICE_SECONDS)
            return None

    def finished(self, name: str) -> None:
        """All rows of this table are committed."""
        with self._changed:
            self._unfinished.discard(name)
            self._changed.notify_all()
