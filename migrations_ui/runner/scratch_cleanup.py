"""What ended rehearsals have left in the pools' databases: looked for by the beat."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.states import ENDED, MigrationKind
from migrations_ui.steps.leftovers import drop_leftovers
from pools.databases.errors import DatabaseError
from pools.models import Pool
from pools.services.isolation import isolated

# A worker that was thought dead makes nothing any more after so long.
LOOKED_FOR = timedelta(days=7)

logger = structlog.get_logger(__name__)


def sweep_leftovers() -> None:
    """In the databases of pools that something was rehearsed for lately."""
    lately = Migration.objects.filter(
        kind=MigrationKind.REHEARSAL,
        status__in=ENDED,
        started_at__isnull=False,
        finished_at__gt=timezone.now() - LOOKED_FOR,
    )
    pools = Pool.objects.filter(pk__in=lately.values("pool")).select_related("database")
    for pool in pools:
        log = logger.bind(pool=str(pool))
        with isolated(pool, doing="Looking for scratch schemas", keep=log.warning):
            try:
                drop_leftovers(pool.database.login(), note=log.warning)
            except DatabaseError as error:
                log.warning("scratch schemas could not be looked for", error=str(error))
