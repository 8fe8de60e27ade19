"""Short ways to run the engine in tests, and doubles that watch and steer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from migrations_ui.transfer.control import Decision, Silent, Unattended
from migrations_ui.transfer.copy.pipeline import CopyResult, copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin

RUN = "run-1"
# One slice of the reader a chunk: as many chunks as there can be.
SMALL_CHUNKS = TransferSettings(chunk_rows=1, reconnect_seconds=20)


def run_copy(source: DerbySource, login: DatabaseLogin, **options: Any) -> CopyResult:
    options.setdefault("run_id", RUN)
    options.setdefault("settings", SMALL_CHUNKS)
    return copy(plan_transfer(source, login), source=source, login=login, **options)


@dataclass
class Watcher(Silent):
    """Counts chunks, and calls `after_chunk(count)` in the copying thread."""

    after_chunk: Callable[[int], None] = lambda count: None
    on_start: Callable[[], None] = lambda: None
    chunks: int = 0
    notes: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)

    def table_started(self, table: str, rows_total: int, rows_already: int) -> None:
        self.on_start()

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        self.chunks += 1
        self.rows[table] += rows
        self.after_chunk(self.chunks)

    def note(self, text: str) -> None:
        self.notes.append(text)


@dataclass
class Steering(Unattended):
    """A control whose answers the test sets."""

    decision: Decision = Decision.GO
    limit: int | None = None
    chunk: int | None = None

    def decide(self) -> Decision:
        return self.decision

    def rows_per_second(self) -> int | None:
        return self.limit

    def chunk_rows(self) -> int | None:
        return self.chunk
