"""Which migrations' pages show how a database stands, so that they are notified when it was
read."""

from __future__ import annotations

from migrations_ui.broadcast import group_of
from migrations_ui.models import Migration
from migrations_ui.states import ENDED


def migrations_into_database(configuration_id: int) -> set[str]:
    """A follower of `pools.broadcast.events`: the groups of migrations into it that have not
    ended."""
    migrations = Migration.objects.filter(pool__database=configuration_id).exclude(status__in=ENDED)
    return {group_of(pk) for pk in migrations.values_list("pk", flat=True)}
