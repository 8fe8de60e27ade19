"""Whether the pool's database may be why something on the host failed, and is worth waiting for."""

from __future__ import annotations

from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from pools.databases.connection import open_connection
from pools.databases.errors import DatabaseError


def require_database_there(context: StepContext, said: Exception) -> None:
    """Return where the worker reaches the database: it may have been away for the host just then,
    which no words of Traveler's tell for certain, so one more try makes sense.

    Raise the outage, which is waited for, while it is away, and what the host `said` where the
    worker is refused as well.
    """
    try:
        with open_connection(context.migration.pool.database.login()):
            pass
    except DatabaseError as error:
        raise (error if error.is_transient else said) from said
    context.log(
        f"{said} The database answers this worker, so it is tried once more.", level=Level.WARNING
    )
