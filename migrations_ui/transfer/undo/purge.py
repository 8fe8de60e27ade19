"""Takes out of the target what a run kept there beside the rows: both sides of conflicting rows,
rejects, checkpoints.

Only rows of that run go, a part at a time, each part a transaction of its own; so whoever uses the
same tables waits for a part at most, and a purge that was cut off is called again. Afterwards
nothing leads back: the run cannot be rolled back, compared or repaired, and its lists are gone.

Tables that are empty then are dropped, if no run needs them: under a lock, and not while any run
is under way there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrations_ui.transfer.checkpoint.control_tables import (
    CHUNK,
    CONTROL_TABLES,
    DEFERRED,
    REJECT,
    TABLE,
)
from migrations_ui.transfer.control import Control, Decision, Unattended
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target, TargetLocked
from migrations_ui.transfer.error_context import add_error_context
from migrations_ui.transfer.errors import KeysMissing, RunnerReplaced, TargetRefused
from migrations_ui.transfer.merge.conflict_table import PREFIX
from migrations_ui.transfer.pacing.chunk_size import neighbours
from migrations_ui.transfer.undo.retained import run_column, spelled, with_conflict_table
from pools.databases.connection import DatabaseLogin

# About as many a transaction deletes.
ROWS_AT_ONCE = 50_000
# A table that others use stays: nothing is worth their waiting longer for it.
DROP_SECONDS = 5
IN_USE = "others use them at this moment"
UNDER_WAY = "a migration is under way in this database"


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """How many rows went; the empty tables that were dropped, and why others were not."""

    rows: int
    dropped: tuple[str, ...]
    why_not_dropped: str = ""


def purge_run(
    login: DatabaseLogin,
    *,
    run_id: str,
    drop_tables: bool,
    control: Control | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
    drop_seconds: int = DROP_SECONDS,
) -> PurgeResult:
    """Delete what run `run_id` kept; called again, what is left of it.

    `drop_tables`: no migration of this console is under way there. Raises KeysMissing when the run
    holds what a table lacks, RunnerReplaced when `control` stops it, or a TargetError.
    """
    steering = control or Unattended()
    with open_target(login) as target, add_error_context(login):
        there = target.introspection.table_names()
        _refuse_keys(target, there, run_id)
        rows = 0
        conflict_tables = sorted(name for name in there if name.startswith(PREFIX))
        for name in (*conflict_tables, REJECT.name, CHUNK.name):
            if name in there:
                rows += _delete_rows(target, name, run_id, rows_at_once, steering)
        if TABLE.name in there:
            # The last: until here the run is known, whatever was cut off.
            rows += target.change(f"DELETE FROM {TABLE.name} WHERE run_id = %s", [run_id])  # noqa: S608
    if not drop_tables:
        return PurgeResult(rows, (), UNDER_WAY)
    with open_target(login, lock_seconds=drop_seconds) as target, add_error_context(login):
        return PurgeResult(rows, *_drop_unused(target, there))


def _refuse_keys(target: Target, there: frozenset[str], run_id: str) -> None:
    """A run that was loaded without its keys, and not to the end, knows how they are made."""
    if DEFERRED.name not in there:
        return
    lacking = target.execute(
        f"SELECT DISTINCT table_name FROM {DEFERRED.name} WHERE run_id = %s",  # noqa: S608
        [run_id],
    )
    if lacking:
        raise KeysMissing(f"{', '.join(name for (name,) in lacking)}: {KeysMissing()}")


def _delete_rows(
    target: Target, name: str, run_id: str, rows_at_once: int, control: Control
) -> int:
    table = spelled(target, name)
    run, first = run_column(name), "lg_first" if name.startswith(PREFIX) else "first_row"
    chunks = target.execute(
        f"SELECT {first}, COUNT(*) FROM {table} WHERE {run} = %s "  # noqa: S608
        f"GROUP BY {first} ORDER BY {first}",
        [run_id],
    )
    deleted = 0
    # A chunk may be in several tables; in one it is whole.
    for since, until in neighbours(chunks, rows_at_once):
        if control.decide() is Decision.STOP:
            raise RunnerReplaced
        deleted += target.change(
            f"DELETE FROM {table} WHERE {run} = %s AND {first} BETWEEN %s AND %s",  # noqa: S608
            [run_id, since, until],
        )
    return deleted


def _drop_unused(target: Target, there: frozenset[str]) -> tuple[tuple[str, ...], str]:
    """Conflict tables of tables that no run knows; and the control tables, when there is no run."""
    control = tuple(table.name for table in CONTROL_TABLES if table.name in there)
    if TABLE.name not in control:
        return (), ""
    conflict_tables = tuple(name for name in sorted(there) if name.startswith(PREFIX))
    dropped: list[str] = []
    try:
        if _run_is_under_way(target):
            return (), UNDER_WAY
        known = with_conflict_table(target)
        unused = [name for name in conflict_tables if name not in known and _is_empty(target, name)]
        dropped += _drop(target, unused, unless_known=True)
        if not known and all(_is_empty(target, name) for name in control):
            dropped += _drop(target, control, unless_known=False)
    except (TargetLocked, TargetRefused) as error:
        why = IN_USE if isinstance(error, TargetLocked) else str(error)
        return tuple(dropped), why
    return tuple(dropped), ""


def _drop(target: Target, names: Sequence[str], *, unless_known: bool) -> list[str]:
    """Look again when nobody else can write, then drop: all of them, or those still empty."""
    if not names:
        return []
    dropped = []
    with target.schema_editor.exclusive(
        *(spelled(target, name) for name in names), quiet=TABLE.name
    ) as called:
        known = with_conflict_table(target) if unless_known else {}
        inside = {name: called[spelled(target, name)] for name in names}
        empty = [name for name in names if _is_empty(target, name, called=inside[name])]
        # Without one of them, the others mean nothing.
        if unless_known or len(empty) == len(names):
            for name in empty:
                if name not in known:
                    target.execute(f"DROP TABLE {inside[name]}")
                    dropped.append(name)
    return dropped


def _run_is_under_way(target: Target) -> bool:
    ((unfinished,),) = target.execute(f"SELECT COUNT(*) FROM {TABLE.name} WHERE finished = 0")  # noqa: S608
    return bool(unfinished)


def _is_empty(target: Target, name: str, *, called: str = "") -> bool:
    """By an index that each of them has, however many rows there are."""
    found = target.execute(
        f"SELECT MIN({run_column(name)}) FROM {called or spelled(target, name)}"  # noqa: S608
    )
    return found[0][0] is None
