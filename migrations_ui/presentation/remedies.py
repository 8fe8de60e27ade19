"""What to do when a step has failed: the remedy of what went wrong, or one sentence a step."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from console.accounts.capabilities import Capability
from migrations_ui.models import Finding, Migration
from migrations_ui.preflight import database, profile
from migrations_ui.presentation.manual_schema import waits_for_dba, what_to_do
from migrations_ui.states import About, ConflictVerdict, Outcome, StepName

REMEDIES: dict[str, str] = {
    StepName.PREFLIGHT: "Resolve the blockers of the report, then retry.",
    StepName.BACKUP: (
        "See that the console reaches the host over SSH and that there is room for the archive, "
        "then retry. Its own database is untouched."
    ),
    StepName.STOP: (
        "See on the host whether Traveler still runs (tell traveler status) and who holds its "
        "database open, end that, then retry."
    ),
    StepName.FETCH: (
        "See that the host answers and that the console has room for the copy, then retry. "
        "Where Derby asks for a password, enter it below first."
    ),
    StepName.SCHEMA: (
        "See that the database answers and that its user may create tables, then retry."
    ),
    StepName.COMPATIBILITY: (
        "Nothing has been copied. Below is what does not fit, with a remedy each: mend it in the "
        "pool’s database, or say what happens to such values. Then retry."
    ),
    StepName.COPY: (
        "See that the database answers and has room, then retry. "
        "Rows that are committed are kept; none is copied twice."
    ),
    StepName.VERIFY: (
        "Look at the tables that differ. Retry repairs what differs and compares again."
    ),
    StepName.CUTOVER: "Retry, or cancel the migration.",
    StepName.CONFIGURE: (
        "Run travelerUtil db check on the host: it names what is wrong with address, user or "
        "driver. Correct it in the database settings, then retry."
    ),
    StepName.START: (
        "Read the last console lines below. When Traveler can start, retry; "
        "otherwise roll back to the server’s own database."
    ),
    StepName.CONFIRM: (
        "See whether the pool lists the server (tell traveler hadr show) and whether its heartbeat "
        "is fresh, then retry."
    ),
    StepName.FOLLOW: (
        "Read its last lines below. Retry follows the server again, or starts it again when it "
        "has failed or stopped, and with it its transfer; roll back restores the backup."
    ),
    # A rehearsal tidies up by itself when a step fails; these stand for what failed while it did.
    StepName.RESTART: (
        "Look at the console of the server and start Traveler there if need be, then cancel again."
    ),
    StepName.SCRATCH: (
        "See that the database answers and that its user may create a schema, then cancel again."
    ),
    StepName.CLEAN_UP: "See that the database answers, then cancel again.",
}

# Ids of the checks whose remedy is on the page of the command profile, or of the database.
OF_THE_PROFILE = frozenset(
    {"status_read", "members_read", "check_read", *(each.check_id for each in profile.CHECKS)}
)
OF_THE_DATABASE = frozenset(each.check_id for each in database.CHECKS)

GOING_BACK = (
    "The rollback stopped here. Resolve what the lines above name, then ask for it again: "
    "what is undone already is not undone twice."
)


STOPPED_TO_ASK = (
    "Look at the rows that both had, decide below which are to stay, then retry. "
    "Nothing of the chunk they are in was written."
)


def remedy(migration: Migration) -> str:
    """That of the error; the step's own sentence only where the error brought none."""
    own = migration.failure_remedy[:1].upper() + migration.failure_remedy[1:]
    if migration.is_going_back:
        return f"{own} {GOING_BACK}".strip()
    if migration.conflicts.filter(verdict=ConflictVerdict.OPEN).exists():
        return STOPPED_TO_ASK
    if waits_for_dba(migration):
        return what_to_do(migration)
    return own or REMEDIES[migration.current_step]


def cause(migration: Migration) -> str:
    """What went wrong, without the remedy that stands below it."""
    text = (
        migration.failure.replace(migration.failure_remedy, "") if migration.failure_remedy else ""
    )
    return " ".join(text.split()).rstrip(";") or migration.failure


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a failure is about, its page, and what that page takes."""

    name: str
    url: str
    capability: Capability


def page_of(finding: Finding) -> Concerned | None:
    """Where what blocks or warns is corrected; None where that is no page of the console."""
    if finding.outcome not in {Outcome.BLOCKER, Outcome.WARNING}:
        return None
    migration = finding.migration
    if finding.check_id in OF_THE_PROFILE:
        commands = migration.server.profile
        return Concerned(
            commands.name,
            reverse("pools:profile_edit", args=[commands.pk]),
            Capability.EDIT_PROFILES,
        )
    return _database_of(migration) if finding.check_id in OF_THE_DATABASE else None


def concerned(migration: Migration) -> Concerned | None:
    """The server or database that the failure is about; None when nobody said."""
    match migration.failure_about:
        case About.SERVER:
            server = migration.server
            return Concerned(server.short_name, server.get_absolute_url(), Capability.VIEW_POOLS)
        case About.DATABASE:
            return _database_of(migration)
    return None


def _database_of(migration: Migration) -> Concerned:
    row = migration.pool.database
    return Concerned(
        row.name, reverse("pools:database_edit", args=[row.pk]), Capability.EDIT_DATABASES
    )
