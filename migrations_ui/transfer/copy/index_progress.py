"""How far an index build is, asked on another connection while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from migrations_ui.transfer.control import Observer
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import TargetError
from pools.databases.errors import DatabaseError

# The keys of most tables are made before a connection would be worth it.
LOOK_SECONDS = 0.5


@dataclass(slots=True)
class IndexProgress:
    """Call `begin` before each statement; the watch has a thread and a connection of its own."""

    table: str
    open_target: Callable[[], AbstractContextManager[Target]]
    observer: Observer
    begun: int = 0
    of: int = 0
    part: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def begin(self, number: int, of: int) -> None:
        """Statement `number` of so many is about to run; the first is 0."""
        self.begun, self.of = number, of
        if self.thread is None:
            self.observer.keys_made(self.table, 0.0)
            self.thread = threading.Thread(target=self._watch, name=f"keys of {self.table}")
            self.thread.start()

    def end(self) -> None:
        self.ended.set()
        if self.thread is not None:
            self.thread.join()

    def _watch(self) -> None:
        if self.ended.wait(LOOK_SECONDS):
            return
        try:
            with self.open_target() as target:
                while not self.ended.is_set():
                    self._look(target)
                    self.ended.wait(LOOK_SECONDS)
        except (TargetError, DatabaseError) as error:
            self.observer.note(f"{self.table}: how far its keys are is not known. {error}")

    def _look(self, target: Target) -> None:
        part = (self.begun + target.introspection.index_build_progress(self.table)) / self.of
        # Between two statements, and after the last, the database reports none.
        if self.part < part < 1:
            self.part = part
            self.observer.keys_made(self.table, part)


@contextmanager
def index_progress(
    table: str, *, open_target: Callable[[], AbstractContextManager[Target]], observer: Observer
) -> Iterator[IndexProgress]:
    watch = IndexProgress(table, open_target, observer)
    try:
        yield watch
    finally:
        watch.end()
