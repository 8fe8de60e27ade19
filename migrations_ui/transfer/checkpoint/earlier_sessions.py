"""Sessions that an earlier attempt of the run left in the target: found by their mark and ended.

A worker that is frozen on another host keeps its session, and with it the lock on a table's
position. Each session of a run is marked with the run and the attempt, so that whoever takes over
ends those of lower attempts and no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target, TargetLocked
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.pacing.reconnect import LOCK_SECONDS
from pools.databases.connection import DatabaseLogin


def mark_of(run_id: str, attempt: int) -> str:
    """Short enough for each engine; the end keeps attempt 1 from being the beginning of 12."""
    run = hashlib.blake2b(run_id.encode(), digest_size=8).hexdigest()
    return f"lifeguard {run} {attempt};"


@contextmanager
def open_marked(
    login: DatabaseLogin, run_id: str, attempt: int, *, lock_seconds: int = LOCK_SECONDS
) -> Iterator[Target]:
    """As `open_target`. What cannot be marked is only not ended by others."""
    with open_target(login, lock_seconds=lock_seconds) as target:
        if target.session_marks is not None:
            with suppress(TargetRefused):
                target.execute(target.session_marks.mark, [mark_of(run_id, attempt)])
        yield target


def end_earlier_sessions(target: Target, run_id: str, attempt: int) -> list[str]:
    """End the sessions of all lower attempts; the statements that the login may not run. Call
    outside of a transaction."""
    marks = target.session_marks
    if marks is None:
        return []
    refused: list[str] = []
    for earlier in range(attempt):
        try:
            found = target.execute(marks.find, [mark_of(run_id, earlier)])
        except TargetRefused:
            # The views are not for this login: then who waits for the lock says what it can.
            return refused
        for (number,) in found:
            statement = marks.end.format(int(number))
            try:
                target.execute(statement)
            except TargetRefused:
                refused.append(statement)
    return refused


@contextmanager
def hint_for_dba(refused: list[str]) -> Iterator[None]:
    """A lock that is not let go names the statements with which a DBA ends its holder."""
    try:
        yield
    except TargetLocked as error:
        if not refused:
            raise
        raise TargetLocked(
            f"{error} A worker of this run that is cut off may hold it, and the pool's database "
            f"user may not end its session. Have the DBA run: {'; '.join(refused)}"
        ) from None
