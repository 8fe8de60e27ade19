"""Schema: the tables of the pool's database, created or upgraded, or only looked at.

In the manual mode a DBA creates them (article, "Manual"); then this step just makes sure, and
stops with the file that is to be run. Retry goes on once the level is right. The scratch schema of
a rehearsal gets its tables in either mode. Tables that are there and are to be left, whosever they
are, have no level here: the compatibility check compares them with the server's.
"""

from __future__ import annotations

from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from pools.databases.connection import open_connection
from pools.databases.engines import ENGINES
from pools.services.schema_levels import store_level
from pools.states import SchemaMode
from pools.store.kit.next_file import UnknownLevelFound, next_file
from pools.store.levels import level_names
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level


def run(context: StepContext) -> str:
    database = context.migration.pool.database
    if database.schema_mode == SchemaMode.EXISTING:
        return f"The tables of {database} are left as they are."
    login = context.migration.target_login()
    engine = ENGINES[login.engine]
    with (
        open_connection(login) as connection,
        engine.translated_errors(login.host, login.port, login.name),
    ):
        level = schema_level(connection)
        store_level(database, login, level)
        if level == REQUIRED_LEVEL:
            return f"The schema is at level {level}."
        file = _file_to_run(level)
        if database.schema_mode == SchemaMode.MANUAL and not context.migration.is_rehearsal:
            raise StepFailed(
                f"The schema is at level {level or 'none'}, and {REQUIRED_LEVEL} is needed: "
                f"the DBA has to run {file}.",
                remedy=f"It is in “Schema for the DBA” of {context.migration.pool}. When it has "
                "been run, read the level again, then retry.",
            )
        apply_schema(connection)
        store_level(database, login, REQUIRED_LEVEL)
    return f"The schema was brought from level {level or 'none'} to {REQUIRED_LEVEL}."


def _file_to_run(level: str | None) -> str:
    try:
        return next_file(level_names(), level or "")
    except UnknownLevelFound as error:
        raise StepFailed(str(error), remedy=error.remedy) from None
