"""What to do now, what devices notice, and what "back" means from here: in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import ENDED, WORKING, MigrationKind, MigrationStatus, StepName

S = MigrationStatus


@dataclass(frozen=True, slots=True)
class Guidance:
    """Three answers to the three questions that a person watching a migration has."""

    next: str
    devices: str
    back: str


# While a step runs: what it is doing and what follows. {server} and {pool} are names.
STEP_NEXT: dict[str, str] = {
    StepName.PREFLIGHT: "The last checks are repeated, then {server} is drained.",
    StepName.STOP: (
        "{server} takes no new syncs and lets the running ones finish, then it stops. "
        "The migration goes on when its own database is closed; the backup is next."
    ),
    StepName.BACKUP: (
        "The databases, notes.ini and the traveler folder of {server} are copied into an archive "
        "with a checksum for each file. Then its database is fetched."
    ),
    StepName.FETCH: (
        "The closed database of {server} is copied to this console. The original is only read. "
        "Then the tables in the database of {pool} are made ready."
    ),
    StepName.SCHEMA: (
        "The tables in the database of {pool} are made ready. "
        "Then every value is measured against them."
    ),
    StepName.COMPATIBILITY: (
        "Every value of {server} is measured against the tables of {pool}; nothing is written. "
        "Then the copy begins, or the console stops and names what does not fit."
    ),
    StepName.COPY: (
        "After the copy every row is compared with its original. "
        "Then the console stops and asks you."
    ),
    StepName.VERIFY: (
        "Every row is read back from the database of {pool} and compared with its original. "
        "Then the console stops and asks you."
    ),
    StepName.CUTOVER: "The console asks you before anything on {server} changes.",
    StepName.CONFIGURE: (
        "{server} is set to use the database of {pool} (travelerUtil db set), "
        "and the setting is checked. Then Traveler starts."
    ),
    StepName.START: "Traveler starts on {server}, now as a member of {pool}.",
    StepName.CONFIRM: (
        "{pool} has to list {server} as alive (hadr show), and a probe has to sync through it. "
        "Then the migration is finished."
    ),
    StepName.RESTART: (
        "{server} starts again and takes syncs; nothing more is asked of it. Then the private copy "
        "of its database is unpacked."
    ),
    StepName.SCRATCH: (
        "Room of its own is made in the database of {pool}. The pool’s own tables stay alone."
    ),
    StepName.FOLLOW: (
        "{server} migrates its data into the database of {pool} by itself; the log shows what it "
        "says. Then {pool} has to list it as alive."
    ),
    StepName.CLEAN_UP: (
        "The scratch schema and the private copy are removed. Then the report is ready."
    ),
}

# Where a rehearsal goes on otherwise than a migration.
REHEARSAL_NEXT: dict[str, str] = {
    StepName.STOP: (
        "{server} takes no new syncs and lets the running ones finish, then it stops. "
        "Its files are read, and it starts again before anything is copied."
    ),
    StepName.BACKUP: (
        "The files of {server} are read and archived as in a real migration. "
        "Then {server} starts again, before anything is copied."
    ),
    StepName.FETCH: (
        "The private copy of the database is unpacked on this console. "
        "Then a scratch schema is made in the database of {pool}."
    ),
    StepName.SCHEMA: "The tables of the scratch schema are made. Then the copy begins.",
    StepName.COPY: (
        "After the copy every row is compared with its original. "
        "Then the scratch schema is dropped, and the report is ready."
    ),
    StepName.VERIFY: (
        "Every row is read back from the scratch schema and compared with its original. "
        "Then the scratch schema is dropped, and the report is ready."
    ),
    S.READY: (
        "Nothing has been changed yet. The rehearsal begins when you start it: {server} is stopped "
        "once, while its files are read, and runs again before the copy."
    ),
    S.CANCELLING: (
        "{server} starts again if it is down, and the scratch schema is dropped with all it holds."
    ),
    S.CANCELLED: "{server} runs on its own, as before. You can rehearse again at any time.",
}

# Where a migration in which the server brings its own data goes on otherwise.
VENDOR_NEXT: dict[str, str] = {
    StepName.STOP: (
        "{server} takes no new syncs and lets the running ones finish, then it stops. "
        "The backup is next: it will be the only way back."
    ),
    StepName.BACKUP: (
        "The databases, notes.ini and the traveler folder of {server} are copied into an archive "
        "with a checksum for each file. Then the console stops and asks you."
    ),
    StepName.CONFIGURE: (
        "{server} is set to use the database of {pool} (travelerUtil db set), "
        "and the setting is checked. Then it starts, and migrates its data."
    ),
    StepName.START: "Domino starts on {server}, which begins to migrate its data.",
    S.AWAITING_CUTOVER: (
        "The console waits for you. After your approval {server} is set to the database of {pool}, "
        "starts, and migrates its own data there. The console does not count or compare its rows."
    ),
    S.CANCELLING: (
        "Traveler on {server} starts again as before. Nothing was written into the database of "
        "{pool}."
    ),
    S.ROLLING_BACK: (
        "{server} goes back to its own database from the backup. The rows that it wrote into the "
        "database of {pool} stay there."
    ),
}

NEXT_OF_KIND: dict[MigrationKind, dict[str, str]] = {
    MigrationKind.MIGRATION: {},
    MigrationKind.REHEARSAL: REHEARSAL_NEXT,
    MigrationKind.VENDOR: VENDOR_NEXT,
}

# Everything that is not simply a running step.
STATUS_NEXT: dict[str, str] = {
    S.DRAFT: "Resolve the blockers of the preflight report, then check again.",
    S.CHECKING: "The checks run now; each takes some seconds at most.",
    S.READY: "Nothing has been changed yet. The migration begins when you start it.",
    S.PAUSING: "The chunks under way are committed, then everything rests.",
    S.PAUSED: (
        "Nothing is written until you resume. It goes on at the row where it stopped, "
        "and no row is copied twice."
    ),
    S.AWAITING_CUTOVER: (
        "The console waits for you. After your approval {server} is set to the database of {pool}, "
        "Traveler starts, and the pool has to list it as alive."
    ),
    S.CANCELLING: (
        "The rows this migration wrote are taken out of the database of {pool}, "
        "and Traveler on {server} starts again as before."
    ),
    S.CANCELLED: "{server} runs on its own, as before. You can start a new migration at any time.",
    S.FAILED: "Nothing more happens by itself. Read what failed, then retry the step or go back.",
    S.FINISHED: (
        "{server} is a member of {pool}. Keep the backup for a while; the old address of {server} "
        "has to lead to the pool’s URL, because devices cannot change theirs."
    ),
    S.ROLLING_BACK: (
        "{server} goes back to its own database from the backup, and the rows this migration wrote "
        "are taken out of the database of {pool}."
    ),
    S.ROLLED_BACK: "{server} runs on its own again, with the data of the backup.",
    S.REHEARSED: (
        "The report says how long the real migration is going to take. Start it when the outage "
        "suits."
    ),
    S.REHEARSAL_FAILED: (
        "{server} runs as before and nothing is left in the database of {pool}. "
        "Mend what failed, then rehearse again."
    ),
}

# In these steps of a rehearsal the server is down.
DOWN = frozenset({StepName.STOP, StepName.BACKUP, StepName.RESTART})

SYNC_AS_USUAL = "Devices of {server} sync as usual."
SYNC_STOPPED = (
    "Devices of {server} cannot sync until the migration ends. Mail is not lost: it waits in the "
    "mail files and arrives with the next sync."
)
SYNC_THROUGH_POOL = "Devices of {server} sync through {pool}; they do not have to be set up again."

BACK_UNTOUCHED = "Nothing to take back: {server} has not been touched."
BACK_BY_CANCEL = (
    "Cancel leaves {server} exactly as it was: its own database is only read, never written."
)
BACK_BY_ROLL_BACK = (
    "Roll back restores the backup of {server}. What devices change after the cut-over "
    "is lost with the rollback, so roll back soon or not at all."
)
BACK_BY_BACKUP = (
    "Only the backup leads back: a server that has joined removes its own database. Roll back "
    "restores it; the rows that {server} wrote into {pool} stay there."
)
BACK_GIVEN_UP = (
    "A rollback is no longer possible: the record of the rows that this migration wrote into "
    "{pool} was purged. The backup of {server} is kept."
)
SYNC_STOPPED_SHORTLY = (
    "Devices of {server} cannot sync until its files are read. Mail is not lost: it waits in the "
    "mail files. {server} starts again before the copy."
)
BACK_BY_TIDYING = (
    "Cancel drops the scratch schema and starts {server} if it is down. "
    "A rehearsal that fails does so by itself."
)
BACK_NOT_NEEDED = "{server} has its own data."


def guidance(migration: Migration) -> Guidance:
    """The three sentences for where this migration stands."""
    names = {"server": migration.server.short_name, "pool": migration.pool.name}
    return Guidance(
        next=_next(migration).format(**names),
        devices=_devices(migration).format(**names),
        back=_back(migration).format(**names),
    )


def waits_for_worker(migration: Migration) -> bool:
    """True when the migration should be at work but no worker holds it."""
    if migration.state not in WORKING:
        return False
    lapsed = migration.lease_until is None or migration.lease_until < timezone.now()
    return lapsed or not migration.lease_owner


def _next(migration: Migration) -> str:
    own = NEXT_OF_KIND[migration.kind_enum]
    state = own.get(migration.status) or STATUS_NEXT.get(migration.status)
    return state or own.get(migration.current_step) or STEP_NEXT[migration.current_step]


def keeps_server_down(migration: Migration) -> bool:
    """True while the server is stopped for the migration's sake, as far as its step says."""
    if migration.state in {S.DRAFT, S.CHECKING, S.READY} | ENDED:
        return False
    if migration.is_rehearsal:
        return migration.current_step in DOWN
    return migration.current_step != StepName.PREFLIGHT


def _devices(migration: Migration) -> str:
    if keeps_server_down(migration):
        return SYNC_STOPPED_SHORTLY if migration.is_rehearsal else SYNC_STOPPED
    return SYNC_THROUGH_POOL if migration.state is S.FINISHED else SYNC_AS_USUAL


def _back(migration: Migration) -> str:
    match migration.state:
        case S.DRAFT | S.CHECKING | S.READY:
            return BACK_UNTOUCHED
        case S.CANCELLED | S.ROLLED_BACK | S.REHEARSED | S.REHEARSAL_FAILED:
            return BACK_NOT_NEEDED
        case _ if migration.is_rehearsal:
            return BACK_BY_TIDYING
        case _ if migration.is_before_cutover:
            return BACK_BY_CANCEL
        case _ if migration.is_vendor_transfer:
            return BACK_BY_BACKUP
        case _:
            return BACK_BY_ROLL_BACK if migration.purged_at is None else BACK_GIVEN_UP
