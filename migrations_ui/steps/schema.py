"""Schema: the tables of the pool's database, created or upgraded, or only looked at.

In the manual mode a DBA creates them (article, "Manual"); then this step just makes sure. The
scratch schema of a rehearsal gets its tables in either mode.
"""

from __future__ import annotations

from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from pools.databases.connection import open_connection
from pools.databases.engines import ENGINES
from pools.states import SchemaMode
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level


def run(context: StepContext) -> str:
    database = context.migration.pool.database
    login = context.migration.target_login()
    engine = ENGINES[login.engine]
    with (
        open_connection(login) as connection,
        engine.translated_errors(login.host, login.port, login.name),
    ):
        level = schema_level(connection)
        if level == REQUIRED_LEVEL:
            return f"The schema is at level {level}."
        if database.schema_mode == SchemaMode.MANUAL and not context.migration.is_rehearsal:
            raise StepFailed(
                f"The schema is at level {level or 'none'}, and {REQUIRED_LEVEL} is needed.",
                remedy="Have the DBA run what `manage.py store_schema` prints for this database, "
                "or set it to automatic schema; then retry.",
            )
        apply_schema(connection)
    return f"The schema was brought from level {level or 'none'} to {REQUIRED_LEVEL}."
