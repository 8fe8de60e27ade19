"""What a migration that waits for the DBA says: how the tables stand, and what to do."""

from __future__ import annotations

from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus, Outcome, StepName
from pools.services.schema_levels import SchemaState, standing_of
from pools.states import SchemaMode

SCHEMA_CHECK = "db_schema"

RIGHT = "The level is right now: retry the step."
TO_DO = (
    "Have the DBA run the file named here, from “Schema for the DBA”. "
    "Then read the level again; when it is right, retry the step."
)


def waits_for_dba(migration: Migration) -> bool:
    """True when the migration stopped because a DBA makes the tables and has not done so."""
    database = migration.pool.database
    if migration.state is not MigrationStatus.FAILED or migration.is_going_back:
        return False
    if database.schema_mode != SchemaMode.MANUAL:
        return False
    if migration.current_step == StepName.PREFLIGHT:
        found = migration.findings.filter(check_id=SCHEMA_CHECK, outcome=Outcome.BLOCKER)
        return found.exists()
    return migration.current_step == StepName.SCHEMA


def what_to_do(migration: Migration) -> str:
    """One sentence, from the level that was read last."""
    right = standing_of(migration.pool.database).state is SchemaState.RIGHT
    return RIGHT if right else TO_DO
