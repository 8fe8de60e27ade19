"""How a run is carried out. Every value may differ from one resume to the next."""

from __future__ import annotations

import os
from dataclasses import dataclass

from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.merge_policy import MergePolicy, MergeRules
from migrations_ui.transfer.pacing.chunk_size import USUAL_ROWS
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS


@dataclass(frozen=True, slots=True)
class TransferSettings:
    """A chunk is what one transaction commits; it ends at the first limit reached, so a pause
    takes effect within `chunk_seconds` even under a tight throttle."""

    # The number of the worker that carries it out: a later one fences this one off.
    attempt: int = 0
    parallel_tables: int = 2
    chunk_rows: int = USUAL_ROWS
    chunk_bytes: int = 64 * 1024 * 1024
    chunk_seconds: float = 3.0
    # Of a target that is gone for a minute, the last look comes after it is back.
    reconnect_seconds: float = 120.0
    # A copy that waits longer for another session's lock fails, and says who holds it.
    lock_seconds: int = LOCK_SECONDS
    # No server of the pool uses this database yet. Empty tables are then loaded without their
    # keys and indexes, which are made again before the table counts as finished.
    exclusive: bool = False
    # Write as if the tables held rows of others, even where they are empty: for rehearsals.
    may_conflict: bool = False
    # What stays where the pool has a row of the same key already; asked at each such row.
    policy: MergePolicy = MergePolicy.NEWEST
    rules: MergeRules = MergeRules()  # noqa: RUF009  frozen
    # What is kept of values that do not fit.
    masking: Masking = Masking()  # noqa: RUF009  frozen


def parallel_tables(wanted: int) -> int:
    """At least one table at a time, and no more than this machine has cores."""
    return max(1, min(wanted, os.cpu_count() or 1))
