"""What a person reads before starting, cutting over, cancelling or rolling back."""

from __future__ import annotations

from dataclasses import replace

from migrations_ui.models import Migration
from migrations_ui.presentation.last_comparison import last_comparison
from migrations_ui.presentation.question import Point, Question
from migrations_ui.presentation.start import START, START_REHEARSAL, START_VENDOR, start_facts
from migrations_ui.states import Action, MigrationKind, MigrationStatus

CONFIRM = Question(
    title="Cut {server} over to {pool}",
    verb="Cut over",
    points=(
        Point(
            "What to do now",
            "{server} is set to the database of {pool}, the setting is checked, Traveler starts, "
            "and {pool} has to list it as alive. This takes some minutes.",
        ),
        Point(
            "What people notice",
            "Devices that use {server} start to sync again, through the pool. "
            "Nobody has to set up a device again: its sync state has come along.",
        ),
        Point(
            "Rollback from here",
            "Until you confirm, Cancel leaves {server} exactly as it was. Afterwards the backup is "
            "the only way back, and what devices change after the cut-over is not in that backup.",
        ),
    ),
)

CONFIRM_VENDOR = Question(
    title="Let {server} migrate its own data into {pool}",
    verb="Cut over",
    points=(
        Point(
            "What to do now",
            "{server} is set to the database of {pool}, the setting is checked, and Domino starts. "
            "Then Traveler migrates its data by itself, as the vendor made it. That may take "
            "hours, and nobody can pause it.",
        ),
        Point(
            "What people notice",
            "Devices that use {server} cannot sync before its transfer is over. Then they sync "
            "through the pool.",
        ),
        Point(
            "What is not checked",
            "The console follows what {server} says on its own console. It does not count or "
            "compare the rows, neither before nor after.",
        ),
        Point(
            "Rollback from here",
            "This is the point of no return for the server’s own database: a server that has "
            "joined removes it. Afterwards the backup is the only way back, and the rows that "
            "{server} wrote into {pool} stay there.",
        ),
    ),
    dangerous=True,
)

CANCEL_VENDOR = Question(
    title="Cancel the migration of {server}",
    verb="Cancel the migration",
    points=(
        Point(
            "What to do now",
            "Traveler on {server} starts again, standalone. Nothing was written into the database "
            "of {pool}.",
        ),
        Point("What people notice", "Devices of {server} sync again as soon as Traveler runs."),
        Point("What is lost", "Nothing. The backup is kept."),
    ),
    dangerous=True,
)

ROLL_BACK_VENDOR = Question(
    title="Roll {server} back to its own database",
    verb="Roll back",
    points=(
        Point(
            "What to do now",
            "Traveler on {server} stops, also in the middle of its transfer, and leaves the pool "
            "(travelerUtil db remove). Its backup of {backup} is restored, and it starts "
            "standalone.",
        ),
        Point(
            "What stays in the pool",
            "The rows that {server} wrote into the database of {pool} by itself are not removed: "
            "the console cannot know exactly which they are. A later migration of {server} meets "
            "them there; ask the vendor before you delete any.",
        ),
        Point(
            "What people notice",
            "Devices of {server} cannot sync meanwhile. Afterwards they go on from the state of "
            "the backup.",
        ),
        Point(
            "What is lost",
            "Every change that devices of {server} made since the cut-over is lost: those "
            "devices may have to fetch again what they received since.",
        ),
    ),
    dangerous=True,
)

GIVE_UP = Question(
    title="Discard the {what} of {server}",
    verb="Discard this {what}",
    points=(
        Point("What to do now", "This {what} is closed. {pool} is free for another one."),
        Point("What people notice", "Nothing. {server} has not been touched."),
    ),
    types_name=False,
)

CANCEL_REHEARSAL = Question(
    title="Cancel the rehearsal of {server}",
    verb="Cancel the rehearsal",
    points=(
        Point(
            "What to do now",
            "{server} starts again if it is down. The scratch schema in the database of {pool} is "
            "dropped with all it holds; the pool’s own tables were never touched.",
        ),
        Point("What people notice", "Devices of {server} sync as soon as it runs."),
        Point("What is lost", "What was measured so far; a new rehearsal starts again."),
    ),
    dangerous=True,
    types_name=False,
)

CANCEL = Question(
    title="Cancel the migration of {server}",
    verb="Cancel the migration",
    points=(
        Point(
            "What to do now",
            "The {rows} rows that this migration wrote are taken out of the database of {pool}, "
            "and no others. Then Traveler on {server} starts again, standalone.",
        ),
        Point(
            "What people notice",
            "Devices of {server} sync again as soon as Traveler runs, as they did before.",
        ),
        Point(
            "What is lost",
            "The work done so far; a new migration starts from the beginning. No data: the "
            "server’s own database was only read. The backup is kept.",
        ),
    ),
    dangerous=True,
)

ROLL_BACK = Question(
    title="Roll {server} back to its own database",
    verb="Roll back",
    points=(
        Point(
            "What to do now",
            "Traveler on {server} stops and leaves the pool (travelerUtil db remove), its backup "
            "of {backup} is restored, and it starts standalone. The {rows} rows that this "
            "migration wrote are taken out of the database of {pool}, and no others.",
        ),
        Point(
            "What people notice",
            "Devices of {server} cannot sync meanwhile. Afterwards they go on from the state of "
            "the backup.",
        ),
        Point(
            "What is lost",
            "Every change that devices of {server} made since the cut-over is lost: those "
            "devices may have to fetch again what they received since.",
        ),
    ),
    dangerous=True,
)


PURGE = Question(
    title="Purge the metadata of the migration of {server}",
    verb="Purge the metadata",
    points=(
        Point(
            "What to do now",
            "A worker deletes what the console noted about this migration in the database of "
            "{pool}: both sides of conflicting rows, the rejected rows, and how far each table "
            "was{kept}. The pool’s own tables are not touched, and nothing of other migrations is.",
        ),
        Point("What people notice", "Nothing. Devices and servers do not use these tables."),
        Point("What cannot be done afterwards", "{lost}"),
        Point(
            "What stays",
            "The log, the report with its figures, the backup of {server}, and what the console "
            "itself lists: the first thousand of the rows that both had, and those that stayed "
            "behind.",
        ),
    ),
    dangerous=True,
)
LOST_WITH_ROLLBACK = (
    "This migration cannot be rolled back any more, because nothing records which rows it wrote "
    "and which it replaced. Its rows cannot be compared again, no rejected row can be "
    "written with a corrected value, and rows that both had are listed no further."
)
LOST_BESIDES = (
    "Nothing that is needed: this migration has ended and was taken back. Conflicting rows cannot "
    "be listed from the database any more."
)


OF_A_MIGRATION: dict[Action, Question] = {
    Action.START: START,
    Action.CONFIRM: CONFIRM,
    Action.CANCEL: CANCEL,
    Action.ROLL_BACK: ROLL_BACK,
}

# What another kind of migration says instead.
OF_KIND: dict[MigrationKind, dict[Action, Question]] = {
    MigrationKind.MIGRATION: {},
    MigrationKind.REHEARSAL: {
        Action.START: START_REHEARSAL,
        Action.CANCEL: CANCEL_REHEARSAL,
    },
    MigrationKind.VENDOR: {
        Action.START: START_VENDOR,
        Action.CONFIRM: CONFIRM_VENDOR,
        Action.CANCEL: CANCEL_VENDOR,
        Action.ROLL_BACK: ROLL_BACK_VENDOR,
    },
}


def question(migration: Migration, action: Action) -> Question:
    """The confirmation of one action, with the names and figures of this migration."""
    more = start_facts(migration) if action is Action.START else {}
    asked = _filled(migration, _asked(migration, action), **more)
    compared = last_comparison(migration) if action is Action.CONFIRM else None
    if compared is None:
        return asked
    return replace(asked, points=(*asked.points, Point("What was compared", str(compared))))


def purge_question(migration: Migration, *, rows: int) -> Question:
    """The same before what it keeps in the pool's database is purged: these rows, as last read
    there; none means that nobody has looked."""
    finished = migration.state is MigrationStatus.FINISHED
    return _filled(
        migration,
        PURGE,
        lost=LOST_WITH_ROLLBACK if finished else LOST_BESIDES,
        kept=f"; {rows:,} rows in all when it was last read" if rows else "",
    )


def _filled(migration: Migration, asked: Question, **more: str) -> Question:
    copied = sum(migration.tables.values_list("rows_copied", flat=True))
    begun = migration.started_at
    facts = {
        "server": migration.server.short_name,
        "pool": migration.pool.name,
        "rows": f"{copied:,}",
        "what": migration.display_noun,
        "backup": f"{begun:%-d %b %Y}" if begun else "the day it was made",
        **more,
    }
    points = tuple(Point(point.heading, point.text.format(**facts)) for point in asked.points)
    return replace(
        asked,
        title=asked.title.format(**facts),
        verb=asked.verb.format(**facts),
        points=points,
    )


def _asked(migration: Migration, action: Action) -> Question:
    if action is Action.CANCEL and migration.started_at is None:
        return GIVE_UP
    return OF_KIND[migration.kind_enum].get(action) or OF_A_MIGRATION[action]
