"""What a person reads before cutting over, cancelling or rolling back."""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.models import Migration
from migrations_ui.states import Action


@dataclass(frozen=True, slots=True)
class Question:
    """The text of one confirmation: `points` are (heading, sentence)."""

    title: str
    verb: str
    points: tuple[tuple[str, str], ...]
    dangerous: bool
    types_name: bool = True


CONFIRM = Question(
    title="Cut {server} over to {pool}",
    verb="Cut over",
    points=(
        (
            "What happens next",
            "{server} is set to the database of {pool}, the setting is checked, Traveler starts, "
            "and {pool} has to list it as alive. This takes some minutes.",
        ),
        (
            "What people notice",
            "Devices that use {server} start to sync again, through the pool. "
            "Nobody has to set up a device again: its sync state has come along.",
        ),
        (
            "The way back from here",
            "Until you confirm, Cancel leaves {server} exactly as it was. Afterwards only a "
            "roll-back from the backup is left, and what devices change after the cut-over is "
            "not in that backup.",
        ),
    ),
    dangerous=False,
)

CANCEL_UNTOUCHED = Question(
    title="Give up the move of {server}",
    verb="Give up this move",
    points=(
        ("What happens next", "The draft is closed. {pool} is free for another move."),
        ("What people notice", "Nothing. {server} has not been touched."),
    ),
    dangerous=False,
    types_name=False,
)

CANCEL = Question(
    title="Cancel the move of {server}",
    verb="Cancel the move",
    points=(
        (
            "What happens next",
            "The {rows} rows that this move wrote are taken out of the database of {pool}, and no "
            "others. Then Traveler on {server} starts again, standalone.",
        ),
        (
            "What people notice",
            "Devices of {server} sync again as soon as Traveler runs, as they did before.",
        ),
        (
            "What is lost",
            "The work done so far; a new move starts from the beginning. No data: the server’s own "
            "database was only read. The backup is kept.",
        ),
    ),
    dangerous=True,
)

ROLL_BACK = Question(
    title="Roll {server} back to its own database",
    verb="Roll back",
    points=(
        (
            "What happens next",
            "Traveler on {server} stops and leaves the pool (travelerUtil db remove), its backup "
            "of {backup} is restored, and it starts standalone. The {rows} rows that this move "
            "wrote are taken out of the database of {pool}, and no others.",
        ),
        (
            "What people notice",
            "Devices of {server} cannot sync meanwhile. Afterwards they go on from the state of "
            "the backup.",
        ),
        (
            "What is lost",
            "Every change that devices of {server} made since the cut-over stays behind: those "
            "devices may have to fetch again what they received since.",
        ),
    ),
    dangerous=True,
)


def question(migration: Migration, action: Action) -> Question:
    """The confirmation of one action, with the names and figures of this migration."""
    asked = _asked(migration, action)
    copied = sum(table.rows_copied for table in migration.tables.all())
    facts = {
        "server": migration.server.short_name,
        "pool": migration.pool.name,
        "rows": f"{copied:,}",
        "backup": f"{migration.started_at:%-d %b %Y}" if migration.started_at else "before the move",
    }
    return Question(
        title=asked.title.format(**facts),
        verb=asked.verb,
        points=tuple((heading, text.format(**facts)) for heading, text in asked.points),
        dangerous=asked.dangerous,
        types_name=asked.types_name,
    )


def _asked(migration: Migration, action: Action) -> Question:
    if action is Action.CONFIRM:
        return CONFIRM
    if action is Action.ROLL_BACK:
        return ROLL_BACK
    return CANCEL_UNTOUCHED if migration.started_at is None else CANCEL
