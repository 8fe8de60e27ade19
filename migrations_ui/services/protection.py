"""What a migration in progress depends on: nobody may change it under the migration's feet.

Rows that were copied are taken out of the database they went to, and a backup goes back to the
host it came from. Secrets may change: a password that expired is what a failed step waits for.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import models

from migrations_ui.errors import InUseByMigration
from migrations_ui.models import PoolLock
from migrations_ui.states import ENDED, MigrationStatus
from pools.models import DatabaseConfiguration, Pool, Server

# The model, what is protected of it, and where a lock has it.
PROTECTED: tuple[tuple[type[models.Model], frozenset[str], str], ...] = (
    (
        DatabaseConfiguration,
        frozenset({"engine", "host", "port", "database_name", "schema", "username"}),
        "pool__database",
    ),
    (Pool, frozenset({"database"}), "pool"),
    (
        Server,
        frozenset({"domino_name", "ssh_host", "ssh_port", "retired_at"}),
        "migration__server",
    ),
)


def refuse_change_during_migration(row: models.Model, changed: Collection[str]) -> None:
    """Raises InUseByMigration."""
    for model, names, where in PROTECTED:
        if not isinstance(row, model) or names.isdisjoint(changed):
            continue
        locks = PoolLock.objects.select_related("migration__server", "migration__pool")
        # A rollback that failed may be waiting for exactly this correction.
        stuck = {"migration__status": MigrationStatus.FAILED, "migration__is_going_back": True}
        # One that has ended keeps its pool for a comparison or a purge only.
        under_way = locks.exclude(migration__status__in=ENDED)
        lock = under_way.filter(**{where: row.pk}).exclude(**stuck).first()
        if lock is not None:
            raise InUseByMigration(
                f"{row} is in use: {lock.migration.server} is being migrated into "
                f"{lock.migration.pool} (migration {lock.migration_id}, "
                f"{lock.migration.get_status_display()}). Finish or cancel that migration first."
            )
