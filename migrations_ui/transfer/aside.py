"""How rows come in before the rows that they refer to: where a table refers to itself, or tables
refer to each other in a circle, no order of writing satisfies every foreign key.

A foreign key is put aside when the run first meets its table, in the transaction that notes the
table, and what puts it back is recorded there (lg_deferred): so a successor of a killed worker, a
retry and a rollback find it. It is put back at the end of the copy, when the rows of all tables are
there; a row that refers to nothing then fails the copy, and is never left unsaid.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from migrations_ui.transfer.tables import ForeignKey


class Aside(enum.Enum):
    """What becomes of a foreign key while rows go in that no order satisfies."""

    DROPPED = "dropped"  # it holds for nobody until it is made again
    UNCHECKED = "unchecked"  # it holds for everybody but the sessions of the copy
    AT_ONCE = "at once"  # it holds: all rows of its table go in by one transaction
    NEVER = "never"  # nothing can be done about it


TOLD = {
    Aside.DROPPED: "dropped while rows go in, and made again at the end of the copy: then every "
    "row is checked.",
    Aside.UNCHECKED: "not checked by the copy's own sessions while rows go in. At the end of the "
    "copy every row is checked.",
    Aside.AT_ONCE: "kept, and all its rows go in by one transaction. A pause in the midst of it "
    "begins the table again.",
}
BESIDE_OTHERS = (
    "it would have to be dropped while rows go in, and other servers use these tables meanwhile"
)


def way_aside(engine: Aside, keys: Sequence[ForeignKey], *, to_itself: bool, alone: bool) -> Aside:
    """What is done about these where the engine's own way is `engine`; `alone`: nobody else uses
    the tables.

    What is dropped would be dropped for other servers as well: their rows would go unchecked, and
    what they delete would leave its children behind.
    """
    if engine is not Aside.DROPPED:
        return engine
    if to_itself and (not alone or any(key.kept for key in keys)):
        return Aside.AT_ONCE
    return engine if alone else Aside.NEVER


def why_not(keys: Sequence[ForeignKey], way: Aside) -> str:
    """Why these cannot be got around in that way; empty when they can."""
    if way is Aside.NEVER:
        return BESIDE_OTHERS
    if way is Aside.DROPPED:
        return next((key.kept for key in keys if key.kept), "")
    return ""


def told(keys: Sequence[ForeignKey], way: Aside) -> str:
    """What a person should know of it."""
    names = ", ".join(key.name for key in keys)
    subject = f"Its foreign key {names} is" if len(keys) == 1 else f"Its foreign keys {names} are"
    return f"{subject} {TOLD[way]}"
