"""The vendor's transfer as the lab plays it: a server brings its own Derby rows into the pool.

Row by row, in the lab's own way: how the vendor's server does it is not documented (domain.md 6),
and nothing of the console's engine is used. A row whose key the pool has already is left as it is
there, so a transfer that broke off goes on at the next start.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from pools.lab.database import Row, column_names
from pools.store import models as store

if TYPE_CHECKING:
    from django.db.models import Model

    from pools.lab.derby import DerbyDatabase
    from pools.lab.pool import PoolDatabase

# Users and devices come last: while one of them is missing in the pool, so may be all the rest.
TRANSFERRED: tuple[type[Model], ...] = (
    store.DocState,
    store.FolderState,
    store.Attachment,
    store.SecRecord,
    store.Setting,
    store.Device,
    store.StoreUser,
)
ROWS_A_TRANSACTION = 50
# At speed 1, so that the lab's default server takes about a minute.
ROWS_A_SECOND = 2000
PROGRESS_LINES = 20
LOCK_POLL_SECONDS = 0.5


class TransferFailed(Exception):
    """The transfer did not come to its end; the Derby database is still complete."""


@dataclass(frozen=True, slots=True)
class TransferControl:
    """`begun` and `stopping` are shared with the event loop; `pace` is in rows a second."""

    pace: float
    begun: Callable[[], object]
    fails_half_way: Callable[[], bool]
    stopping: Event = field(default_factory=Event)


def transfer_rows(
    derby: DerbyDatabase,
    pool: PoolDatabase,
    *,
    control: TransferControl,
    lock: Path,
    say: Callable[[str], None],
) -> int:
    """Bring all rows over; returns their number. Raises TransferFailed, StoreUnavailable."""
    control.begun()
    with _alone(lock, control, say):
        counts = {model: _count(derby, model) for model in TRANSFERRED}
        total = sum(counts.values())
        say(f"Data transfer to the enterprise database begins: {total} rows.")
        progress = _Progress(total, control, say)
        for model in TRANSFERRED:
            say(f"Data transfer: table {model._meta.db_table.upper()}, {counts[model]} rows.")
            with closing(_rows(derby, model)) as remaining:
                while rows := list(islice(remaining, ROWS_A_TRANSACTION)):
                    progress.check()
                    _bring(pool, model, rows)
                    progress.count(len(rows))
        say(f"Data transfer completed: {total} rows.")
    return total


class _Progress:
    """Counts and says how far it is, keeps the pace, and ends what was asked to end."""

    def __init__(self, total: int, control: TransferControl, say: Callable[[str], None]) -> None:
        self._total = total
        self._control = control
        self._say = say
        self._done = 0
        self._said = 0
        self._begun = time.monotonic()

    def check(self) -> None:
        where = f"after {self._done} of {self._total} rows"
        if self._control.stopping.is_set():
            raise TransferFailed(f"Data transfer stopped {where}.")
        if self._done * 2 >= self._total and self._control.fails_half_way():
            raise TransferFailed(
                f"Data transfer failed {where}: an error was injected with `manage.py lab fault`."
            )

    def count(self, rows: int) -> None:
        self._done += rows
        step = self._done * PROGRESS_LINES // self._total
        if step > self._said:
            self._said = step
            self._say(f"Data transfer: {self._done} of {self._total} rows.")
        ahead = self._done / self._control.pace - (time.monotonic() - self._begun)
        # Ends at once when the server is stopped.
        self._control.stopping.wait(max(0.0, ahead))


@contextmanager
def _alone(lock: Path, control: TransferControl, say: Callable[[str], None]) -> Iterator[None]:
    """One server at a time in a pool. A server that is killed lets go of the lock."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        waiting = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    say("Another server is transferring its data. Waiting for it to complete.")
                waiting = True
                if control.stopping.wait(LOCK_POLL_SECONDS):
                    raise TransferFailed("Data transfer stopped while it waited.") from None
        yield


def _count(derby: DerbyDatabase, model: type[Model]) -> int:
    return int(derby.rows(f"SELECT COUNT(*) FROM {model._meta.db_table}")[0][0])  # noqa: S608


def _rows(derby: DerbyDatabase, model: type[Model]) -> Generator[Row, None, None]:
    columns = ", ".join(column_names(model))
    return derby.stream(f"SELECT {columns} FROM {model._meta.db_table}")  # noqa: S608


def _bring(pool: PoolDatabase, model: type[Model], rows: list[Row]) -> None:
    """One transaction: each row that the pool does not have."""
    keys = [str(field.column) for field in model._meta.pk_fields]
    positions = [column_names(model).index(key) for key in keys]
    condition = " AND ".join(f"{key} = ?" for key in keys)
    known = f"SELECT 1 FROM {model._meta.db_table} WHERE {condition}"  # noqa: S608
    with pool.transaction():
        for row in rows:
            if not pool.rows(known, [row[position] for position in positions]):
                pool.insert_rows(model, [row])
