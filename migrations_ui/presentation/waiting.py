"""A migration that waits for a person, in a few words for those who look at something else."""

from __future__ import annotations

from migrations_ui.models import Migration
from migrations_ui.presentation.guidance import guidance, keeps_server_down
from migrations_ui.presentation.manual_schema import waits_for_dba
from migrations_ui.states import MigrationStatus

AT_THE_GATE = "Its cut-over into {pool} is yours to confirm or to cancel."
FOR_THE_DBA = "The tables in the database of {pool} are not as the migration needs them."
AT_REST = "The {noun} into {pool} rests until you resume it."
NO_SYNC = "Devices of {server} cannot sync until the {noun} goes on."


def describe_waiting(migration: Migration) -> tuple[str, str]:
    """What waits, and for what; the second is of any length."""
    server = migration.server.short_name
    match migration.state:
        case MigrationStatus.AWAITING_CUTOVER:
            return f"{server} is ready to cut over", _said(AT_THE_GATE, migration)
        case MigrationStatus.PAUSED:
            return f"{server} is paused", _said(AT_REST, migration)
        case _ if waits_for_dba(migration):
            return f"{server} waits for your DBA", _said(FOR_THE_DBA, migration)
        case _:
            step = migration.get_current_step_display()
            what = f"Rollback of {server}" if migration.is_going_back else f"{step} of {server}"
            return f"{what} failed", migration.failure or guidance(migration).next


def _said(sentence: str, migration: Migration) -> str:
    whole = f"{sentence} {NO_SYNC}" if keeps_server_down(migration) else sentence
    server, pool = migration.server.short_name, migration.pool.name
    return whole.format(server=server, pool=pool, noun=migration.display_noun)
