"""How rows come in before the rows that they refer to: where a table refers to itself, or tables
refer to each other in a circle, no order of writing satisfies every foreign key.

A foreign key is deferred when the run first meets its table, in the transaction that notes the
table, and what puts it back is recorded there (lg_deferred): so a successor of a killed worker, a
retry and a rollback find it. It is put back at the end of the copy, when the rows of all tables are
there; a row that refers to nothing then fails the copy, and is never left unsaid.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

from migrations_ui.transfer.errors import PlanBlocked
from migrations_ui.transfer.tables import ForeignKey, TablePlan


class KeyDeferral(enum.Enum):
    """What becomes of a foreign key while rows go in that no order satisfies."""

    DROPPED = "dropped"  # it holds for nobody until it is made again
    DISABLED = "disabled"  # it holds for nobody until it is switched on again
    UNCHECKED = "unchecked"  # it holds for everybody but the sessions of the copy
    AT_ONCE = "at once"  # it holds: all rows of its table go in by one transaction
    NEVER = "never"  # nothing can be done about it


PHRASES = {
    KeyDeferral.DROPPED: (
        "dropped while rows go in, and made again at the end of the copy: then every row is "
        "checked."
    ),
    KeyDeferral.DISABLED: (
        "switched off while rows go in, and on again at the end of the copy: then every row is "
        "checked."
    ),
    KeyDeferral.UNCHECKED: (
        "not checked by the copy's own sessions while rows go in. At the end of the copy every row "
        "is checked."
    ),
    KeyDeferral.AT_ONCE: (
        "kept, and all its rows go in by one transaction. A pause in the midst of it begins the "
        "table again."
    ),
}
# Others would be without it as well.
FOR_ALL = {KeyDeferral.DROPPED: "dropped", KeyDeferral.DISABLED: "switched off"}


def how_to_defer(
    engine: KeyDeferral,
    keys: Sequence[ForeignKey],
    *,
    to_itself: bool,
    alone: bool,
    by_statement: bool,
) -> KeyDeferral:
    """What is done about these where the engine's own way is `engine`; `alone`: nobody else uses
    the tables; `by_statement`: the engine checks all rows of a statement together.

    What is dropped would be dropped for other servers as well: their rows would go unchecked, and
    what they delete would leave its children behind.
    """
    if engine not in FOR_ALL:
        return engine
    if to_itself and by_statement and (not alone or any(key.kept for key in keys)):
        return KeyDeferral.AT_ONCE
    return engine if alone else KeyDeferral.NEVER


def why_not(engine: KeyDeferral, keys: Sequence[ForeignKey], way: KeyDeferral) -> str:
    """Why these cannot be got around in that way; empty when they can."""
    if way is KeyDeferral.NEVER:
        return (
            f"it would have to be {FOR_ALL.get(engine, 'deferred')} while rows go in, and other "
            "servers use these tables meanwhile"
        )
    if way in FOR_ALL:
        return next((key.kept for key in keys if key.kept), "")
    return ""


def describe_deferral(keys: Sequence[ForeignKey], way: KeyDeferral) -> str:
    """What a person should know of it."""
    names = ", ".join(key.name for key in keys)
    subject = f"Its foreign key {names} is" if len(keys) == 1 else f"Its foreign keys {names} are"
    return f"{subject} {PHRASES[way]}"


def keys_to_defer(
    engine: KeyDeferral,
    table: TablePlan,
    found: Iterable[ForeignKey],
    *,
    alone: bool,
    by_statement: bool,
) -> list[ForeignKey]:
    """Of those found, the table's that are deferred before its rows go in; none, where its rows
    go in all at once. Raises PlanBlocked."""
    keys = [key for key in found if key.table == table.name and key.parent in table.later]
    to_itself = table.later == (table.name,)
    way = how_to_defer(engine, keys, to_itself=to_itself, alone=alone, by_statement=by_statement)
    if way is KeyDeferral.AT_ONCE:
        return []
    if reason := why_not(engine, keys, way):
        refers = "refers to itself"
        if not to_itself:
            refers = f"and {', '.join(table.later)} refer to each other"
        raise PlanBlocked(
            f"{table.name} {refers}, and a foreign key of it cannot be deferred: {reason}. Drop "
            "it in the pool's database, and create it again after the migration."
        )
    return keys
